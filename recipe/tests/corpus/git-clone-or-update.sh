repo=https://github.com/acme/trainer.git
dir=$HOME/trainer
if [ -d "$dir/.git" ]; then
    git -C "$dir" fetch --prune origin
    git -C "$dir" checkout main
    git -C "$dir" reset --hard origin/main
else
    git clone --filter=blob:none "$repo" "$dir"
fi
