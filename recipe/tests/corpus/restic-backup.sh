export RESTIC_REPOSITORY=/mnt/backup RESTIC_PASSWORD_FILE=/root/.restic
restic snapshots >/dev/null 2>&1 || restic init
restic backup --quiet --exclude-caches /srv /home
restic forget --keep-daily 7 --prune
restic check --read-data-subset=5%
