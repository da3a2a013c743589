files=(*.txt)
echo "first: ${files[0]}, last: ${files[-1]}, count: ${#files[@]}"
for file in "${files[@]:1:3}"; do
    head -n 1 -- "$file"
done
unset 'files[0]'
printf '%s\n' "${files[@]/%.txt/.md}"
