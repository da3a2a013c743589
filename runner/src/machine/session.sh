# What runs inside the tmux session. Only the command's own process has the values; the shell that stays does not.
trap : INT QUIT
doppio_b=$(command -v bash || echo /bin/sh)
case $doppio_b in
*/bash) set -- "$doppio_b" --norc ;;
*) set -- "$doppio_b" ;;
esac
if [ -n "$doppio_large" ]; then
  ( doppio_env
    printf '%s\n' "$doppio_script" |
      "$@" -c 'doppio_s=$(cat); exec </dev/tty; eval "unset doppio_s;$doppio_s"' )
else
  ( doppio_env
    DOPPIO_SCRIPT=$doppio_script exec "$@" -c 'eval "unset DOPPIO_SCRIPT;$DOPPIO_SCRIPT"' )
fi
doppio_r=$?
tmux set-option -t "$TMUX_PANE" @doppio_state ended
printf '\n[doppio: the command ended with exit code %s]\n' "$doppio_r"
exec "${SHELL:-/bin/sh}" -l
