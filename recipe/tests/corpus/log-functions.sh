log() { printf '%s [%s] %s\n' "$(date +%T)" "$1" "${*:2}" >&2; }
info() { log INFO "$@"; }
die() { log ERROR "$@"; exit 1; }
info "starting as $(whoami)"
[ -w . ] || die "cannot write here"
info "done"
