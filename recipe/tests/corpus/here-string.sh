read -r first second _ <<< "alpha beta gamma"
echo "$second $first"
bc <<< "scale=2; 10 / 3"
grep -c o <<< $'one\ntwo\nthree'
