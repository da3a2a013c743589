wait_for_port() {
    local host=$1 port=$2 limit=${3:-30}
    local end=$((SECONDS + limit))
    while ! (exec 4<>"/dev/tcp/$host/$port") 2>/dev/null; do
        ((SECONDS < end)) || return 1
        sleep 0.5
    done
}
wait_for_port localhost 5432 10 || echo "no database"
