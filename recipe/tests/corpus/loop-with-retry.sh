attempt=1
until curl -fsS https://example.org/health; do
    if (( attempt >= 5 )); then
        echo "gave up after $attempt attempts" >&2
        exit 1
    fi
    sleep $(( 2 ** attempt ))
    (( attempt++ ))
done
