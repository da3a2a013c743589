entry='0 4 * * * /usr/local/bin/backup.sh >> /var/log/backup.log 2>&1'
( crontab -l 2>/dev/null | grep -vF backup.sh; echo "$entry" ) | crontab -
crontab -l
