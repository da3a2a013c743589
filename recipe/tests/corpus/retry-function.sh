retry() {
    local tries=$1 delay=$2
    shift 2
    local n
    for (( n = 1; n <= tries; n++ )); do
        "$@" && return 0
        echo "attempt $n of $tries failed: $*" >&2
        sleep "$delay"
    done
    return 1
}
retry 3 2 apt-get update
