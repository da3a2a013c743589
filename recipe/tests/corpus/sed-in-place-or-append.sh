set_option() {
    local key=$1 value=$2 file=$3
    if grep -q "^$key=" "$file"; then
        sed -i "s|^$key=.*|$key=$value|" "$file"
    else
        echo "$key=$value" >> "$file"
    fi
}
set_option MaxSessions 20 sshd.conf
