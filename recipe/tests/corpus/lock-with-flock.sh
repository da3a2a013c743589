exec 9>/tmp/job.lock
if ! flock -n 9; then
    echo "another one is running"
    exit 0
fi
sleep 1
echo "done" >> job.log
