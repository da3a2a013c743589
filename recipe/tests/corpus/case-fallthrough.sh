case $(uname -m) in
    x86_64) arch=amd64 ;;
    aarch64) ;&
    arm64) arch=arm64 ;;
    armv7l) arch=armhf ;;
esac
echo "${arch:?unknown machine}"
