exec 5>&1
ls /nonexistent 2>/dev/null >&5 || true
{ echo out; echo err >&2; } > out.txt 2> err.txt
cat < out.txt >> all.txt
sort <all.txt 1<>sorted.txt
: > empty.txt
echo both &> both.txt
exec 5>&-
