cat <<EOF | sort -n | uniq > numbers.txt
3
1
2
1
EOF
wc -l < numbers.txt
