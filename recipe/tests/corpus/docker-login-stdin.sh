if [ -n "${REGISTRY_TOKEN:-}" ]; then
    printf '%s' "$REGISTRY_TOKEN" | docker login registry.example.org --username robot --password-stdin
fi
docker pull registry.example.org/acme/base:stable
