! false && true || exit 1
grep -q root /etc/passwd && ! grep -q nobody-here /etc/passwd && echo fine
true; false || true & wait
