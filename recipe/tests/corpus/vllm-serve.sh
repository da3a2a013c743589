nohup vllm serve meta-llama/Llama-3.1-8B-Instruct \
    --tensor-parallel-size 2 --max-model-len 8192 --port 8000 \
    > vllm.log 2>&1 &
echo $! > vllm.pid
for i in $(seq 1 60); do
    curl -sf http://localhost:8000/health && break
    sleep 5
done
