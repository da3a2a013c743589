today=$(date +%F)
yesterday=$(date -d yesterday +%F)
rsync -a --link-dest="../$yesterday" /srv/data/ "/backup/$today/"
find /backup -mindepth 1 -maxdepth 1 -type d -mtime +14 -exec rm -rf {} +
