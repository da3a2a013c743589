helm repo add bitnami https://charts.bitnami.com/bitnami >/dev/null
helm repo update
helm upgrade --install cache bitnami/redis --version 19.6.0 \
    --namespace cache --create-namespace \
    --set architecture=standalone --wait
