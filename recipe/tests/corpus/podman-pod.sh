podman pod exists app || podman pod create --name app -p 8080:80
podman run -d --pod app --name web docker.io/library/nginx:alpine
podman generate systemd --new --files --name web
