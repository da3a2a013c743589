mysqldump --defaults-extra-file="$HOME/.my.cnf" --single-transaction --routines shop | gzip > shop.sql.gz
zcat shop.sql.gz | head -5
printf 'size: %s\n' "$(stat -c %s shop.sql.gz)"
