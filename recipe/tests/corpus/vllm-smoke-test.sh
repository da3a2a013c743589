response=$(curl -s http://localhost:8000/v1/completions \
    -H 'Content-Type: application/json' \
    -d '{"model": "meta-llama/Llama-3.1-8B-Instruct", "prompt": "Hello", "max_tokens": 8}')
echo "$response" | jq -r '.choices[0].text'
test "$(jq '.usage.total_tokens' <<<"$response")" -gt 1
