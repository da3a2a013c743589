source ~/miniconda3/etc/profile.d/conda.sh
if conda env list | awk '{print $1}' | grep -qx train; then
    conda env update -n train -f environment.yml --prune
else
    conda env create -n train -f environment.yml
fi
conda activate train
python -c 'import torch; print(torch.__version__)'
