dataset=tank/data
sudo zfs snapshot "$dataset@$(date +%Y%m%d%H%M)"
sudo zfs list -H -t snapshot -o name -s creation "$dataset" | head -n -24 | xargs -r -n1 sudo zfs destroy
zpool status -x
