load=$(cut -d' ' -f1 /proc/loadavg)
cores=$(nproc)
if awk "BEGIN { exit !($load > $cores * 2) }"; then
    echo overloaded
elif awk "BEGIN { exit !($load > $cores) }"; then
    echo busy
else
    echo idle
fi
