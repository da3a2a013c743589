cache=${HF_HOME:-$HOME/.cache/huggingface}
du -sh "$cache"/hub/models--* 2>/dev/null | sort -rh | head -5
df -h "$cache" | awk 'NR == 2 { print "free:", $4 }'
