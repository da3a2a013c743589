set -o pipefail
mkdir -p logs
stamp=$(date +%Y%m%d-%H%M%S)
python -u train.py --epochs 10 --lr 3e-4 2>&1 | tee "logs/train-$stamp.log"
echo "exit code: $?"
