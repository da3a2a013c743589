jq -r '.items[] | select(.state == "open") | [.id, .title] | @tsv' issues.json |
while IFS=$'\t' read -r id title; do
    printf '#%s %s\n' "$id" "$title"
done
jq --arg now "$(date -u +%FT%TZ)" '.updated = $now' state.json > state.new && mv state.new state.json
