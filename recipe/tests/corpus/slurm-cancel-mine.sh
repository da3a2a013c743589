for job in $(squeue -u "$USER" -h -t PENDING -o %i); do
    scancel "$job"
done
sinfo -o '%P %a %D %t' | column -t
