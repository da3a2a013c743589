api=https://api.example.org/v1
id=$(curl -fsS -X POST "$api/jobs" -H 'Content-Type: application/json' -d '{"kind":"train"}' | jq -r .id)
while :; do
    state=$(curl -fsS "$api/jobs/$id" | jq -r .state)
    case $state in done | failed) break ;; esac
    sleep 5
done
[ "$state" = done ]
