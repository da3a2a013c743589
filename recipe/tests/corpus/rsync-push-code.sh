rsync -az --delete \
    --exclude .git --exclude '__pycache__' --exclude '*.pyc' --exclude wandb \
    ./ gpu-box:/workspace/trainer/
