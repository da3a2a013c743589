old=$(set +o)
set -f; set -u
pattern='*.txt'
echo $pattern
eval "$old"
shopt -q globstar || shopt -s globstar
printf '%s\n' **/*.md
