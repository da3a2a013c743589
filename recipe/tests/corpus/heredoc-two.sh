cat > a.conf <<A
first = 1
A
cat > b.conf <<'B'
second = "$not_expanded"
B
paste a.conf b.conf
