limit=500
until [ "$(nvidia-smi --query-gpu=memory.used --format=csv,noheader,nounits | sort -n | head -1)" -lt "$limit" ]; do
    sleep 30
done
export CUDA_VISIBLE_DEVICES=$(nvidia-smi --query-gpu=index,memory.used --format=csv,noheader,nounits | sort -t, -k2 -n | head -1 | cut -d, -f1)
python train.py --config config.yaml
