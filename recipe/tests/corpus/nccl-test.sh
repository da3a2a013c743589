export NCCL_DEBUG=WARN NCCL_P2P_DISABLE=0
git clone --depth 1 https://github.com/NVIDIA/nccl-tests.git 2>/dev/null
make -C nccl-tests -j MPI=0
./nccl-tests/build/all_reduce_perf -b 8 -e 128M -f 2 -g "$(nvidia-smi -L | wc -l)"
