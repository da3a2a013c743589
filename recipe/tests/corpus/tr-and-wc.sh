tr -cs '[:alpha:]' '\n' < book.txt | tr '[:upper:]' '[:lower:]' | sort | uniq -c | sort -rn | head -20
printf '%s' 'rot13' | tr 'A-Za-z' 'N-ZA-Mn-za-m'
