job=$(sbatch --parsable --array=0-9%3 job.sh)
echo "submitted $job"
while squeue -h -j "$job" | grep -q .; do
    squeue -h -j "$job" -o '%i %T %M'
    sleep 60
done
sacct -j "$job" --format=JobID,State,Elapsed -n
