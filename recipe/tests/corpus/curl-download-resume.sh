url=https://downloads.example.org/big.iso
curl -fL -C - --retry 10 --retry-all-errors -o big.iso "$url"
code=$(curl -s -o /dev/null -w '%{http_code}' "$url.sig")
[ "$code" = 200 ] && curl -fsSO "$url.sig"
