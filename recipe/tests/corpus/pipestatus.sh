generate | filter | store
statuses=("${PIPESTATUS[@]}")
for s in "${statuses[@]}"; do
    [ "$s" -eq 0 ] || { echo "exit codes: ${statuses[*]}" >&2; exit 1; }
done
