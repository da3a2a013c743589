if grep -q '_' /proc/mdstat; then
    echo "a disk is missing:" >&2
    cat /proc/mdstat >&2
    exit 1
fi
lsblk -o NAME,SIZE,TYPE,MOUNTPOINT
