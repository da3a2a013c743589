python3 -m http.server 8081 --directory public >/dev/null 2>&1 &
server=$!
trap 'kill $server' EXIT
sleep 1
curl -s localhost:8081/ | head -1
