tar -cf - big/ | zstd -T0 -10 | split -b 2G -d - big.tar.zst.
cat big.tar.zst.* | zstd -d | tar -tf - | wc -l
