threshold=90
df -P -x tmpfs -x devtmpfs | tail -n +2 | while read -r _ _ _ _ percent mount; do
    used=${percent%\%}
    if [ "$used" -ge "$threshold" ]; then
        echo "$mount is at $percent" >&2
    fi
done
