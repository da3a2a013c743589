lib=$(dirname "${BASH_SOURCE[0]:-$0}")/lib.sh
if [ -r "$lib" ]; then
    # shellcheck source=/dev/null
    source "$lib"
else
    greet() { echo "hello, ${1:-you}"; }
fi
greet world
