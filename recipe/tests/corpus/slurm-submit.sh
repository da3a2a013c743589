#!/bin/bash
#SBATCH --job-name=train
#SBATCH --gres=gpu:4
#SBATCH --time=08:00:00
#SBATCH --output=logs/%x-%j.out
module purge
module load cuda/12.4
srun --ntasks=4 python train.py --nodes "$SLURM_JOB_NUM_NODES"
