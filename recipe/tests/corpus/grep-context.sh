grep -rnI --include='*.py' -E 'TODO|FIXME' src | sed 's/:.*TODO/: TODO/' | sort
grep -oP '(?<=version = ")[^"]+' pyproject.toml
! grep -q 'print(' src/app.py
