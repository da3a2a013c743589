for host in github.com gitlab.com; do
    ssh-keygen -F "$host" >/dev/null || ssh-keyscan -t ed25519 "$host" >> ~/.ssh/known_hosts 2>/dev/null
done
