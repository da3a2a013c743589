set -e
id=$(docker ps -qf name=app)
: "${id:?the app is not running}"
docker exec "$id" python manage.py migrate --noinput
docker exec "$id" python manage.py collectstatic --noinput
