echo 'it'\''s' "a \"quoted\" word" $'tab\there' "dollar \$HOME" 'back\slash' a\ b
printf '%q\n' "needs quoting; really" '$(no)' ""
echo "nested $(echo "inner $(echo "deepest")")"
echo `date +%Y` "`hostname -s`"
