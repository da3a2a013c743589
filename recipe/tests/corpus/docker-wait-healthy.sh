for _ in {1..30}; do
    status=$(docker inspect -f '{{.State.Health.Status}}' db 2>/dev/null)
    [ "$status" = healthy ] && exit 0
    sleep 2
done
docker logs db >&2
exit 1
