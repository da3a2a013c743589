declare -A wanted=(
    [vm.swappiness]=10
    [fs.inotify.max_user_watches]=524288
    [net.core.somaxconn]=1024
)
for key in "${!wanted[@]}"; do
    sudo sysctl -qw "$key=${wanted[$key]}"
done
sysctl "${!wanted[@]}"
