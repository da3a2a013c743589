set -e
prefix=$HOME/miniconda3
if [ ! -x "$prefix/bin/conda" ]; then
    wget -q https://repo.anaconda.com/miniconda/Miniconda3-latest-Linux-x86_64.sh -O /tmp/miniconda.sh
    bash /tmp/miniconda.sh -b -p "$prefix"
    rm /tmp/miniconda.sh
fi
"$prefix/bin/conda" --version
