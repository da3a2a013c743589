find logs -name '*.log' -print0 | xargs -0 -P "$(nproc)" -n 1 gzip -9
find logs -name '*.gz' -newermt '1 day ago' | wc -l
