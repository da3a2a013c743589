exec 3< list.txt
while read -r -u 3 line; do
    echo "line: $line"
done
exec 3<&-
