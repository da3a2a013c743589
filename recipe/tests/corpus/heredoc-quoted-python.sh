python3 - <<'PY'
import json, sys
rows = [{"n": n, "square": n ** 2} for n in range(5)]
print(json.dumps(rows, indent=2))
if not rows:
    sys.exit("nothing")
PY
