pkill -f 'tensorboard.*--port 6006' || true
tensorboard --logdir runs --port 6006 --bind_all >/tmp/tensorboard.log 2>&1 &
disown
echo "http://$(hostname -I | awk '{print $1}'):6006"
