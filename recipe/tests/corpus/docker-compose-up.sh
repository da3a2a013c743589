cat > compose.yaml <<'YAML'
services:
  web:
    image: nginx:1.27
    ports: ["8080:80"]
  cache:
    image: redis:7
YAML
docker compose pull -q
docker compose up -d --remove-orphans
docker compose ps
