units=(nginx postgresql worker)
failed=0
for unit in "${units[@]}"; do
    state=$(systemctl is-active "$unit" || true)
    printf '%-12s %s\n' "$unit" "$state"
    [[ $state == active ]] || ((failed++))
done
exit "$failed"
