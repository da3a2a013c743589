kubectl apply -f - <<EOF
apiVersion: v1
kind: ConfigMap
metadata:
  name: app-config
  namespace: ${NAMESPACE:-default}
data:
  revision: "$(git rev-parse HEAD)"
EOF
