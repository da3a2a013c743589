cd /workspace || exit 1
[ -d ComfyUI ] || git clone -q https://github.com/comfyanonymous/ComfyUI
cd ComfyUI
pip install -q -r requirements.txt
mkdir -p models/checkpoints
python main.py --listen 0.0.0.0 --port 8188 &> comfy.log &
