umask 077
cat > .env <<EOF
APP_ENV=production
DATABASE_URL=postgresql://app@localhost:5432/app
WORKERS=$(nproc)
EOF
set -a
. ./.env
set +a
