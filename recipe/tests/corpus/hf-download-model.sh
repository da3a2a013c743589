export HF_HOME=/workspace/hf
export HF_HUB_ENABLE_HF_TRANSFER=1
pip install -q "huggingface_hub[cli,hf_transfer]"
for repo in google/gemma-2-9b-it mistralai/Mistral-7B-Instruct-v0.3; do
    huggingface-cli download "$repo" --local-dir "/workspace/models/${repo##*/}" --exclude '*.bin' '*.pth'
done
