export OMP_NUM_THREADS=2
mpirun -np 8 --bind-to core --map-by socket -x OMP_NUM_THREADS ./solver input.dat > solver.out
tail -n 3 solver.out
