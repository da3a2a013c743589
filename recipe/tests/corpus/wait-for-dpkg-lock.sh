while sudo fuser /var/lib/dpkg/lock-frontend >/dev/null 2>&1; do
    echo "another apt is at work, waiting"
    sleep 3
done
sudo dpkg --configure -a
