find . -name '*.flac' -print0 | while IFS= read -r -d '' file; do
    target=${file%.flac}.opus
    [ -e "$target" ] || ffmpeg -nostdin -loglevel error -i "$file" "$target"
done
