while [[ $# -gt 0 ]]; do
    case "$1" in
        --name) name="$2"; shift 2 ;;
        --name=*) name="${1#*=}"; shift ;;
        --dry-run) dry_run=true; shift ;;
        --) shift; break ;;
        -*) echo "unknown: $1" >&2; exit 2 ;;
        *) break ;;
    esac
done
echo "${name:-nobody} ${dry_run:-false} $*"
