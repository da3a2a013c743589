seq -w 1 10 | shuf -n 3
echo $(( RANDOM % 6 + 1 ))
head -c 16 /dev/urandom | base64 | tr -d '=+/' | cut -c1-12
uuidgen 2>/dev/null || cat /proc/sys/kernel/random/uuid
