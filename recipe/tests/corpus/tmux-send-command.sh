tmux send-keys -t train C-c
sleep 1
tmux send-keys -t train 'python train.py --resume' Enter
tmux capture-pane -pt train | tail -5
