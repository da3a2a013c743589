sudo ufw --force reset
sudo ufw default deny incoming
sudo ufw allow OpenSSH
for port in 80 443; do sudo ufw allow "$port/tcp"; done
sudo ufw --force enable
sudo ufw status verbose
