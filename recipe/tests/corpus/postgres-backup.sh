set -euo pipefail
out=/backup/app-$(date +%F).dump
pg_dump -Fc -h localhost -U app app > "$out.partial"
mv "$out.partial" "$out"
ls -1t /backup/app-*.dump | tail -n +8 | xargs -r rm --
