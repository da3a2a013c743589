tmux new-session -d -s work -n editor
tmux new-window -t work: -n logs 'tail -F /var/log/syslog'
tmux split-window -h -t work:logs 'htop'
tmux select-window -t work:editor
tmux set-option -g history-limit 50000
