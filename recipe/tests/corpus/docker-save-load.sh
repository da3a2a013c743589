docker save acme/trainer:latest | zstd -T0 > /tmp/trainer.tar.zst
scp /tmp/trainer.tar.zst node2:/tmp/
ssh node2 'zstd -dc /tmp/trainer.tar.zst | docker load'
