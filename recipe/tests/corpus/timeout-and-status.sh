timeout --kill-after=10 300 ./long-job --quick
status=$?
if [ $status -eq 124 ]; then
    echo "took too long"
elif [ $status -gt 128 ]; then
    echo "ended by signal $((status - 128))"
fi
exit $status
