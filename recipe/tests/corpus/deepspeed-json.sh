cat > ds.json <<'JSON'
{
  "train_batch_size": "auto",
  "zero_optimization": { "stage": 3, "offload_optimizer": { "device": "cpu" } },
  "bf16": { "enabled": true }
}
JSON
jq . ds.json >/dev/null
deepspeed --num_gpus 8 train.py --deepspeed ds.json
