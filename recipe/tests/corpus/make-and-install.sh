./configure --prefix="$HOME/.local" CFLAGS='-O2 -march=native' >/dev/null
make -j"$(nproc)" --silent
make check
make install DESTDIR="${DESTDIR:-}"
