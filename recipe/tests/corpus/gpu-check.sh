if ! command -v nvidia-smi &>/dev/null; then
    echo "no GPU driver" >&2
    exit 1
fi
nvidia-smi --query-gpu=name,memory.total,memory.used --format=csv,noheader |
while IFS=', ' read -r name total used; do
    printf '%-24s %s of %s in use\n' "$name" "$used" "$total"
done
