declare -A seen
while IFS=, read -r user action _; do
    key="$user:$action"
    seen[$key]=$(( ${seen[$key]:-0} + 1 ))
done < events.csv
for key in "${!seen[@]}"; do
    printf '%5d %s\n' "${seen[$key]}" "$key"
done | sort -rn
