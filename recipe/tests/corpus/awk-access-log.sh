awk '$9 >= 500 { print $7 }' access.log | sort | uniq -c | sort -rn | head
awk -v since="$(date -d '1 hour ago' +%H:%M)" 'substr($4, 14, 5) >= since' access.log | wc -l
