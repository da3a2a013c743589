model=meta-llama/Llama-3.2-1B
python -m axolotl.cli.train <(cat <<YAML
base_model: $model
adapter: lora
lora_r: 16
lora_alpha: 32
micro_batch_size: 2
num_epochs: 1
YAML
)
