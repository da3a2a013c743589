if ! pgrep -x ollama >/dev/null; then
    ollama serve >/tmp/ollama.log 2>&1 &
    sleep 2
fi
ollama pull llama3.2:3b
ollama run llama3.2:3b 'Say hello in one word' </dev/null
