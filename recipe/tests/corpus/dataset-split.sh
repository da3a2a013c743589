shuf --random-source=<(yes 42) files.txt > shuffled.txt
n=$(wc -l < shuffled.txt)
train=$(( n * 8 / 10 ))
head -n "$train" shuffled.txt > train.txt
tail -n +$(( train + 1 )) shuffled.txt > valid.txt
wc -l train.txt valid.txt
