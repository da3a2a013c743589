sudo apt-get install -y git-lfs
git lfs install --skip-repo
GIT_LFS_SKIP_SMUDGE=1 git clone https://huggingface.co/datasets/acme/images
cd images && git lfs pull --include 'train/*.parquet'
