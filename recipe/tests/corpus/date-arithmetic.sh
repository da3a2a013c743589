start=$(date -d '2026-01-01' +%s)
for offset in 0 7 14; do
    date -d "@$((start + offset * 86400))" '+%A %d %B'
done
printf 'ran for %(%H:%M:%S)T\n' "$SECONDS"
