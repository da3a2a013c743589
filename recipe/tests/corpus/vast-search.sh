vastai search offers 'gpu_name=RTX_4090 num_gpus=1 reliability>0.99' -o 'dph+' --raw |
    jq -r '.[:5][] | "\(.id) \(.dph_total) \(.geolocation)"'
