umask 077
wg genkey | tee client.key | wg pubkey > client.pub
cat > wg0.conf <<EOF
[Interface]
Address = 10.8.0.2/24
[Peer]
PublicKey = $(cat client.pub)
Endpoint = vpn.example.org:51820
AllowedIPs = 10.8.0.0/24
EOF
