while read -r file; do
    scp -q "$file" backup@storage.example.org:incoming/ || echo "$file" >> failed.txt
done < <(find out -type f -name '*.csv')
[ ! -s failed.txt ]
