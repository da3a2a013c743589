pidfile=/tmp/worker.pid
if [ -f "$pidfile" ] && kill -0 "$(cat "$pidfile")" 2>/dev/null; then
    echo "runs as $(cat "$pidfile")"
    exit 0
fi
nohup ./worker --queue default >> worker.log 2>&1 &
echo $! > "$pidfile"
