find /tmp -maxdepth 1 -type f -name 'job-*' -mmin +60 -print -delete
find . \( -name '*.pyc' -o -name __pycache__ \) -prune -exec rm -rf {} +
find . -type f -size +100M -printf '%s\t%p\n' | sort -rn
