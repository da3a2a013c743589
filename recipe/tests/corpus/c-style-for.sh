for ((i = 0, j = 10; i < j; i++, j--)); do
    printf '%d-%d ' "$i" "$j"
done
echo
for ((;;)); do break; done
