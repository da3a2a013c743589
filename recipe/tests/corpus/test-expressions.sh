if [ -d "$HOME/bin" ] && [ ! -L "$HOME/bin" ] || [ -n "${FORCE-}" ]; then
    export PATH="$HOME/bin:$PATH"
fi
[[ $OSTYPE == linux* && -r /etc/os-release ]] && . /etc/os-release
[[ ${VERSION_ID:-0} =~ ^([0-9]+) ]] && echo "major ${BASH_REMATCH[1]}"
[[ a.txt -nt b.txt ]] || touch a.txt
