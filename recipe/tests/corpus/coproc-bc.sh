coproc BC { bc -l; }
echo '2^10' >&"${BC[1]}"
read -r answer <&"${BC[0]}"
echo "$answer"
kill "$BC_PID"
