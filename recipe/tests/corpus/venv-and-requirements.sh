python3 -m venv .venv
. .venv/bin/activate
pip install --upgrade pip wheel
pip install -r requirements.txt
pip check || echo "some requirements do not fit together" >&2
