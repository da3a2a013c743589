eval "$(ssh-agent -s)" >/dev/null
ssh-add -q ~/.ssh/id_ed25519 </dev/null || true
ssh -T git@github.com 2>&1 | grep -o 'Hi [^!]*' || :
ssh-agent -k >/dev/null
