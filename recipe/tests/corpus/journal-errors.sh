since=${1:-"1 hour ago"}
journalctl --no-pager -p err --since "$since" -o short-iso |
    awk '{ count[$3]++ } END { for (name in count) print count[name], name }' |
    sort -rn
