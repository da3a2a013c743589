name=deploy
id -u "$name" >/dev/null 2>&1 || sudo useradd -m -s /bin/bash "$name"
sudo usermod -aG sudo,docker "$name"
echo "$name ALL=(ALL) NOPASSWD: /usr/bin/systemctl restart app" | sudo tee "/etc/sudoers.d/$name"
sudo visudo -cf "/etc/sudoers.d/$name"
