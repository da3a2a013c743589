mkdir -p ~/.ssh && chmod 700 ~/.ssh
grep -q '^Host gpu-box$' ~/.ssh/config 2>/dev/null || cat >> ~/.ssh/config <<'EOF'
Host gpu-box
    HostName 203.0.113.9
    User root
    Port 40022
    ServerAliveInterval 30
EOF
chmod 600 ~/.ssh/config
