zone=europe-west4-a
gcloud compute instances describe trainer --zone "$zone" --format='value(status)' | grep -q RUNNING ||
    gcloud compute instances start trainer --zone "$zone"
gcloud compute ssh trainer --zone "$zone" --command 'nvidia-smi -L'
