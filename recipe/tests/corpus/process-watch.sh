name=trainer
if pid=$(pgrep -o "$name"); then
    ps -o pid,etime,rss,pcpu,args -p "$pid"
    ls -l /proc/"$pid"/fd | wc -l
else
    echo "$name is not running" >&2
fi
