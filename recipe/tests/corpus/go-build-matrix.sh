version=$(git describe --tags)
for os in linux darwin; do
    for arch in amd64 arm64; do
        GOOS=$os GOARCH=$arch CGO_ENABLED=0 go build -ldflags "-X main.version=$version" -o "dist/tool-$os-$arch" ./cmd/tool
    done
done
ls -lh dist
