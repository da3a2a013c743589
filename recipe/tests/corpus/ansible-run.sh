cat > inventory.ini <<'EOF'
[gpu]
node1 ansible_host=203.0.113.11
node2 ansible_host=203.0.113.12
EOF
ansible -i inventory.ini gpu -m ping
ansible-playbook -i inventory.ini site.yml --check --diff
