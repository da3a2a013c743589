aspell list --lang=en_GB < README.md | sort -u > unknown.txt
grep -vxFf dictionary.txt unknown.txt | tee new.txt
test ! -s new.txt
