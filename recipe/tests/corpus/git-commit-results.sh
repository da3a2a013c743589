git add results/
if git diff --cached --quiet; then
    echo "nothing new"
else
    git commit -q -m "Results of $(date -u +%FT%TZ)"
    git push origin HEAD:results
fi
