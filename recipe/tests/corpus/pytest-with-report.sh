export PYTHONPATH=src${PYTHONPATH:+:$PYTHONPATH}
pytest -q --maxfail=1 --durations=5 -n auto tests/ -k 'not slow and not gpu' || status=$?
[ "${status:-0}" -le 1 ]
