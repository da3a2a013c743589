for source in docs/*.md; do
    title=$(sed -n 's/^# //p;T;q' "$source")
    pandoc "$source" -s --metadata title="$title" -o "site/$(basename "$source" .md).html"
done
