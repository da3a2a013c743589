image=registry.example.org/acme/trainer
tag=$(git rev-parse --short HEAD)
docker build --pull -t "$image:$tag" --build-arg REVISION="$tag" .
docker tag "$image:$tag" "$image:latest"
for t in "$tag" latest; do docker push "$image:$t"; done
