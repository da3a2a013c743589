max=4
for file in images/*.png; do
    while (( $(jobs -rp | wc -l) >= max )); do
        wait -n
    done
    convert "$file" -resize 512x512 "small/${file##*/}" &
done
wait
