is_even() { (( $1 % 2 == 0 )); }
double() { echo $(( $1 * 2 )); }
for n in 1 2 3 4; do
    if is_even "$n"; then
        echo "$n is even, twice is $(double "$n")"
    fi
done
