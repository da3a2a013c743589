verbose=0
output=out.txt
while getopts ':vo:h' option; do
    case $option in
        v) verbose=1 ;;
        o) output=$OPTARG ;;
        h) echo "usage: $0 [-v] [-o FILE]"; exit 0 ;;
        :) echo "-$OPTARG needs a value" >&2; exit 2 ;;
        \?) echo "unknown option -$OPTARG" >&2; exit 2 ;;
    esac
done
shift $((OPTIND - 1))
(( verbose )) && echo "writing to $output"
