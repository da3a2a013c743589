token=$(openssl rand -hex 16)
umask 077
printf '%s\n' "$token" > ~/.jupyter-token
jupyter lab --no-browser --ip=127.0.0.1 --port=8888 --ServerApp.token="$(cat ~/.jupyter-token)" >/tmp/jupyter.log 2>&1 &
