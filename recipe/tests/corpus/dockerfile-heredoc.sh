mkdir -p build && cd build
cat <<'EOF' > Dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir numpy==2.1.0
COPY app.py /app.py
CMD ["python", "/app.py"]
EOF
echo 'print("hello")' > app.py
docker build -q .
