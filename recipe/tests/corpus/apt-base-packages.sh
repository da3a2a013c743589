set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
sudo apt-get update -qq
sudo apt-get install -y --no-install-recommends \
    build-essential git curl ca-certificates tmux htop
sudo apt-get clean
sudo rm -rf /var/lib/apt/lists/*
