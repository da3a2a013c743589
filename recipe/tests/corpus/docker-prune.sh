before=$(df --output=avail / | tail -1)
docker system prune -af --filter 'until=168h'
docker volume ls -qf dangling=true | xargs -r docker volume rm
after=$(df --output=avail / | tail -1)
echo "freed $(( (after - before) / 1024 )) MiB"
