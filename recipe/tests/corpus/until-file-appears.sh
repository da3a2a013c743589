deadline=$(( $(date +%s) + 60 ))
until [ -e /workspace/ready ]; do
    [ "$(date +%s)" -lt "$deadline" ] || { echo "not ready in time" >&2; exit 1; }
    sleep 2
done
cat /workspace/ready
