for pid in $(pgrep -f 'worker.py'); do
    kill -TERM "$pid" 2>/dev/null
    for _ in 1 2 3 4 5; do kill -0 "$pid" 2>/dev/null || continue 2; sleep 1; done
    kill -KILL "$pid"
done
