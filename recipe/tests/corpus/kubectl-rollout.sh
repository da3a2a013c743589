kubectl config use-context staging
kubectl set image deployment/web web="registry.example.org/web:$(git rev-parse --short HEAD)"
if ! kubectl rollout status deployment/web --timeout=120s; then
    kubectl rollout undo deployment/web
    exit 1
fi
