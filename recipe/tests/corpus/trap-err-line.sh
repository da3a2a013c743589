set -Eeuo pipefail
trap 'echo "failed at line $LINENO: $BASH_COMMAND" >&2' ERR
main() {
    local input=${1:-input.txt}
    sort -u "$input" > sorted.txt
    wc -l sorted.txt
}
main "$@"
