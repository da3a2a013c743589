for host in 1.1.1.1 example.org; do
    if ping -c 2 -W 2 "$host" >/dev/null; then echo "$host answers"; else echo "$host is silent"; fi
done
ip -brief address
ss -tlnp | awk 'NR > 1 { print $4 }' | sort -u
dig +short example.org A | head -1
