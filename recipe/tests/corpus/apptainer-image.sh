module load apptainer 2>/dev/null || true
[ -f torch.sif ] || apptainer pull torch.sif docker://pytorch/pytorch:2.4.0-cuda12.1-cudnn9-runtime
apptainer exec --nv torch.sif python -c 'import torch; print(torch.cuda.is_available())'
