kubectl get pods -A --no-headers | awk '$4 != "Running" && $4 != "Completed" { print $1 "/" $2 ": " $4 }'
kubectl get nodes -o jsonpath='{range .items[*]}{.metadata.name}{"\n"}{end}'
