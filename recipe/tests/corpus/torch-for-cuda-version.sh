cuda=$(nvidia-smi | sed -n 's/.*CUDA Version: \([0-9.]*\).*/\1/p')
case "$cuda" in
    12.[4-9]*) index=cu124 ;;
    12.*) index=cu121 ;;
    11.*) index=cu118 ;;
    *) index=cpu ;;
esac
pip install torch --index-url "https://download.pytorch.org/whl/$index"
