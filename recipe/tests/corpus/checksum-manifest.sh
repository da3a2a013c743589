cd release
find . -type f ! -name MANIFEST -print0 | sort -z | xargs -0 sha256sum > MANIFEST
sha256sum -c --quiet MANIFEST && echo "all $(wc -l < MANIFEST) files are sound"
