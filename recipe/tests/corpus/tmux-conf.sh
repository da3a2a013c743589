cat > ~/.tmux.conf <<'EOF'
set -g mouse on
set -g history-limit 100000
set -g default-terminal "screen-256color"
bind r source-file ~/.tmux.conf \; display "reloaded"
EOF
tmux source-file ~/.tmux.conf 2>/dev/null || :
