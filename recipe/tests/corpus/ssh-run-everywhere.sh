hosts="node1 node2 node3"
for host in $hosts; do
    ssh -o BatchMode=yes "$host" 'uname -r; uptime' | sed "s/^/$host: /" &
done
wait
