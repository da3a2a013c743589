mapfile -t hosts < <(grep -v '^#' hosts.txt)
for i in "${!hosts[@]}"; do
    echo "$((i + 1)): ${hosts[i]}"
done
