{
    IFS=, read -ra header
    while IFS=, read -ra row; do
        for i in "${!header[@]}"; do
            printf '%s"%s":"%s"' "$([ "$i" -gt 0 ] && echo , || echo '{')" "${header[i]}" "${row[i]}"
        done
        echo '}'
    done
} < table.csv
