total=40
for ((i = 1; i <= total; i++)); do
    done_part=$(printf '%*s' "$i" '' | tr ' ' '#')
    printf '\r[%-*s] %3d%%' "$total" "$done_part" $((100 * i / total))
    sleep 0.01
done
echo
