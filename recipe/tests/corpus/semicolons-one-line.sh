cd /tmp; for f in *.log; do [ -e "$f" ] || continue; gzip "$f"; done; if [ -e done ]; then rm done; fi; cd - >/dev/null
