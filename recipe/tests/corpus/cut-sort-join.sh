cut -d, -f1,3 users.csv | sort -t, -k1,1 > left.csv
cut -d, -f1,2 orders.csv | sort -t, -k1,1 > right.csv
join -t, left.csv right.csv | column -s, -t
