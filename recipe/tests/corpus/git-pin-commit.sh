cd ~/trainer
want=3f2a9c1
git fetch --depth 50 origin
git checkout --detach "$want"
[[ $(git rev-parse --short HEAD) == "$want"* ]] && echo "at $want"
git submodule update --init --recursive
