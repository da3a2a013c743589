# Starts a tmux session and hands it the command over a named pipe: neither tmux's arguments nor its environment
# ever hold a value. The next $doppio_len bytes of standard input are what the session runs.
doppio_no() { echo "RR2 $doppio_nonce $*"; exit 0; }
unset TMUX TMUX_PANE
command -v tmux >/dev/null 2>&1 || doppio_no notmux

doppio_old=
if tmux has-session -t "=$doppio_session" 2>/dev/null; then
  [ "$(tmux show-options -qv -t "=$doppio_session:" @doppio_state 2>/dev/null)" = ended ] || doppio_no busy
  doppio_old=1
fi
doppio_f=$(mktemp -d "${XDG_RUNTIME_DIR:-${TMPDIR:-/tmp}}/doppio.XXXXXXXX" 2>&1) || doppio_no tmux "$doppio_f"
doppio_fail() { rm -rf "$doppio_f"; doppio_no tmux "$@"; }
mkfifo -m 600 "$doppio_f/f" || doppio_fail "cannot make a named pipe in $doppio_f"

# One sequence, so that a server whose last session is replaced does not end in between.
set -- new-session -d -s "$doppio_session" /bin/sh -c 'eval "$(cat "$0/f"; rm -rf "$0")"' "$doppio_f" \
  ';' set-option -t "=$doppio_session:" @doppio_state running
[ -z "$doppio_old" ] || set -- kill-session -t "=$doppio_session" ';' "$@"
doppio_x=$(tmux "$@" 2>&1 </dev/null) || doppio_fail "$doppio_x"

exec 4<&0 </dev/null
{ dd bs="$doppio_len" count=1 iflag=fullblock of="$doppio_f/f" <&4 ||
  dd bs=1 count="$doppio_len" of="$doppio_f/f" <&4; } >/dev/null 2>&1 &
doppio_p=$!
# The session removes the folder when it has read everything.
while [ -e "$doppio_f" ]; do
  sleep 0.02 2>/dev/null || sleep 1
  [ -e "$doppio_f" ] || break
  tmux has-session -t "=$doppio_session" 2>/dev/null ||
    { kill "$doppio_p"; doppio_fail "the session ended before its command could start"; }
done
echo "RR2 $doppio_nonce ok"
