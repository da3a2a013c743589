while IFS=: read -r user _ uid gid _ home shell; do
    (( uid >= 1000 )) || continue
    printf '%-16s %6d %6d %s %s\n' "$user" "$uid" "$gid" "$home" "$shell"
done < /etc/passwd
