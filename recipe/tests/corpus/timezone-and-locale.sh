sudo timedatectl set-timezone Europe/Vienna
sudo sed -i 's/^# *\(en_GB.UTF-8\)/\1/' /etc/locale.gen
sudo locale-gen
export LANG=en_GB.UTF-8
date
