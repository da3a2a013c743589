disk=/dev/nvme1n1
if ! sudo blkid "$disk"; then
    sudo mkfs.ext4 -q "$disk"
fi
sudo mkdir -p /data
mountpoint -q /data || sudo mount -o noatime "$disk" /data
sudo chown "$(id -u):$(id -g)" /data
