file=$1
case "$file" in
    *.tar.gz | *.tgz) tar -xzf "$file" ;;
    *.tar.zst) tar --zstd -xf "$file" ;;
    *.zip) unzip -q "$file" ;;
    *.gz) gunzip -k "$file" ;;
    "") echo "no file" >&2; exit 2 ;;
    *) echo "cannot unpack $file" >&2; exit 1 ;;
esac
