export WANDB_MODE=offline
export WANDB_DIR=${WANDB_DIR:-/workspace/wandb}
for run in "$WANDB_DIR"/offline-run-*; do
    [ -d "$run" ] || continue
    wandb sync "$run" || echo "could not sync $run" >&2
done
