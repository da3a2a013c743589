gpus=$(nvidia-smi -L | wc -l)
torchrun --standalone --nproc_per_node="$gpus" train.py \
    --batch-size $((8 * gpus)) \
    --output "runs/$(hostname)-$$"
