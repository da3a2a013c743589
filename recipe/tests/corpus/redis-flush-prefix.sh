prefix='cache:'
redis-cli --scan --pattern "$prefix*" | xargs -r -n 100 redis-cli del >/dev/null
redis-cli info keyspace
