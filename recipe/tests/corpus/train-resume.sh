last=$(ls -1t checkpoints/*.pt 2>/dev/null | head -n 1)
args=(--config configs/base.yaml --seed 42)
[ -n "$last" ] && args+=(--resume "$last")
python train.py "${args[@]}"
