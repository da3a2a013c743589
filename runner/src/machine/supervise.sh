# Runs the command in our process group, which ends as soon as standard input does: a cancelled run, a runner that
# was killed and a connection that broke all look the same from here.
exec 3<&0 </dev/null
trap : TERM INT HUP QUIT USR1 USR2

# Processes of this job that left the group. A tmux server, or what runs in one, stays: that is what it is for.
doppio_strays() {
  for doppio_e in $(grep -lF "DOPPIO_RUN_ID=$doppio_job" /proc/[0-9]*/environ); do
    grep -qF -e TMUX= -e STY= "$doppio_e" && continue
    read -r doppio_x <"${doppio_e%environ}comm" || continue
    case $doppio_x in tmux*|screen*|SCREEN*) continue;; esac
    doppio_x=${doppio_e#/proc/}
    [ "${doppio_x%/environ}" = "$$" ] || echo "${doppio_x%/environ}"
  done
}
doppio_sweep() {
  for doppio_p in $(doppio_strays); do kill -s "$1" "$doppio_p"; done
}
# Whether anybody is left in the group but the first shell, the process asking, the timer and its sleep. Without /proc
# nobody knows: yes.
doppio_others() {
  read -r doppio_me doppio_x </proc/self/stat || return 0
  for doppio_s in /proc/[0-9]*/stat; do
    read -r doppio_x <"$doppio_s" || continue
    set -- "${doppio_x%% *}" ${doppio_x##*") "}
    [ "$4" = "$$" ] && [ "$2" != Z ] && [ "$3" != "$doppio_t" ] || continue
    case $1 in "$$" | "$doppio_me" | "$doppio_t") ;; *) return 0 ;; esac
  done
  return 1
}

( trap '' TERM INT HUP QUIT USR1 USR2 PIPE
  while read -r doppio_x <&3; do :; done
  # In a process of its own, since the first shell ends the waiting one as soon as the command has ended.
  ( exec 3<&-
    kill -s TERM 0
    # Looking takes time of its own on a busy machine; this does not.
    ( sleep 3; doppio_sweep KILL; kill -s KILL 0 ) &
    doppio_t=$!
    doppio_sweep TERM
    while doppio_others || [ -n "$(doppio_strays)" ]; do sleep 0.2 || sleep 1; done
    kill -s KILL 0 ) &
) </dev/null >/dev/null 2>&1 &
doppio_w=$!

# Started below sshd, bash reads ~/.bashrc even for `-c`, unless it is told not to.
case $doppio_b in
*/bash) set -- "$doppio_b" --norc ;;
*) set -- "$doppio_b" ;;
esac
echo "RR2 $doppio_nonce ok"
doppio_env
if [ -n "$doppio_large" ]; then
  printf '%s\n' "$doppio_script" |
    "$@" -c 'doppio_s=$(cat); exec </dev/null; eval "unset doppio_s;$doppio_s"' 3<&-
else
  DOPPIO_SCRIPT=$doppio_script "$@" -c 'eval "unset DOPPIO_SCRIPT;$DOPPIO_SCRIPT"' 3<&-
fi
doppio_r=$?
exec 3<&-
# A watcher that has ended by itself is ending the group: we are not done before that is. What waits has no values.
{ kill -s KILL "$doppio_w"; wait "$doppio_w"; } 2>/dev/null && exec env -i PATH="$PATH" sleep 5
exit "$doppio_r"
