git bisect start HEAD v1.2.0
git bisect run bash -c 'make -s -j4 && ./run-tests --fast'
git bisect log > bisect.log
git bisect reset
