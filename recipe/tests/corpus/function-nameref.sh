append() {
    local -n list=$1
    shift
    list+=("$@")
}
declare -a items=()
append items one "two words" three
printf '<%s>\n' "${items[@]}"
