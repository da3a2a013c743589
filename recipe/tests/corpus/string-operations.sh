path=/srv/data/archive.tar.gz
echo "${path##*/}" "${path%/*}" "${path%%.*}"
name=${path##*/}
stem=${name%.tar.gz}
echo "${stem^^} ${stem:0:4} ${#stem} ${stem//a/o}"
