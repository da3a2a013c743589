screen -dmS worker bash -c 'while :; do ./worker.sh || sleep 5; done'
screen -ls | grep worker
