aws s3 sync s3://acme-data/train /data/train --no-progress --exclude '*' --include '*.parquet'
aws s3 ls --summarize --human-readable --recursive s3://acme-data/train | tail -2
