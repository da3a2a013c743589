find data -name '*.jpg' -printf '%h\n' | sort | uniq -c | sort -rn | head -20
total=$(find data -name '*.jpg' | wc -l)
echo "$total images"
[ "$total" -ge 1000 ] || { echo "too few" >&2; exit 1; }
