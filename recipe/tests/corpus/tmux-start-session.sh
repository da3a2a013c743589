session=train
if tmux has-session -t "$session" 2>/dev/null; then
    echo "already running"
else
    tmux new-session -d -s "$session" -c /workspace 'python train.py; exec bash'
fi
tmux ls
