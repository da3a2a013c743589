: "${PORT:=8080}"
: "${WORKERS:=$(nproc)}"
HOST=${HOST-0.0.0.0}
echo "listening on $HOST:$PORT with $WORKERS workers${DEBUG:+, debugging}"
