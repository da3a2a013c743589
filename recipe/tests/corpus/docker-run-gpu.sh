docker rm -f trainer 2>/dev/null || true
docker run -d --name trainer --gpus all --shm-size=16g \
    -v "$PWD/data:/data:ro" -v "$PWD/out:/out" \
    --restart unless-stopped acme/trainer:latest python train.py
docker logs --tail 20 trainer
