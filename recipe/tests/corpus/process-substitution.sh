diff <(sort old.txt) <(sort new.txt) > changes.txt || true
comm -13 <(cut -d, -f1 a.csv | sort -u) <(cut -d, -f1 b.csv | sort -u)
tee >(gzip > copy.gz) < input.txt | wc -c
