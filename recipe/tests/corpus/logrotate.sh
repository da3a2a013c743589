sudo tee /etc/logrotate.d/worker >/dev/null <<'EOF'
/var/log/worker/*.log {
    weekly
    rotate 8
    compress
    missingok
    notifempty
}
EOF
sudo logrotate --debug /etc/logrotate.d/worker
