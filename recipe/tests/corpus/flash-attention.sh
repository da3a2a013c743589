pip install ninja packaging
MAX_JOBS=8 pip install flash-attn --no-build-isolation
python - <<'EOF'
import flash_attn
print(flash_attn.__version__)
EOF
