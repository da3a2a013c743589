missing=()
for package in jq rsync unzip; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    echo "installing ${missing[*]}"
    sudo apt-get install -y "${missing[@]}"
fi
