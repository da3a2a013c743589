set -e
for archive in *.tar.zst; do
    target=${archive%.tar.zst}
    if [ ! -d "$target" ]; then
        mkdir "$target.partial"
        zstd -dc "$archive" | tar -x -C "$target.partial"
        mv "$target.partial" "$target"
    fi
done
