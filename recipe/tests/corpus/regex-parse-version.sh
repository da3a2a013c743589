version='v12.34.5-rc1'
pattern='^v([0-9]+)\.([0-9]+)\.([0-9]+)(-(.+))?$'
if [[ $version =~ $pattern ]]; then
    echo "major=${BASH_REMATCH[1]} minor=${BASH_REMATCH[2]} pre=${BASH_REMATCH[5]:-none}"
fi
