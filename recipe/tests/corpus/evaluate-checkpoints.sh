shopt -s nullglob
best=0
for checkpoint in checkpoints/step_*.pt; do
    score=$(python evaluate.py "$checkpoint" | tail -1)
    if (( $(echo "$score > $best" | bc -l) )); then
        best=$score
        cp "$checkpoint" checkpoints/best.pt
    fi
done
echo "best: $best"
