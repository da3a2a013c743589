env | grep -E '^(PATH|HOME|LANG|CUDA|SLURM)' | sort
for tool in git docker python3 nvidia-smi; do
    if path=$(type -P "$tool"); then
        printf '%-12s %s\n' "$tool" "$path"
    else
        printf '%-12s -\n' "$tool"
    fi
done
