eval "$(~/miniconda3/bin/conda shell.bash hook)"
conda activate base
conda list --explicit > "locks/$(date +%F).txt"
ln -sfn "$(date +%F).txt" locks/latest.txt
