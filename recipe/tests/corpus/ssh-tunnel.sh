ssh -f -N -L 5433:localhost:5432 -o ExitOnForwardFailure=yes db.example.org
psql -h localhost -p 5433 -U app -c 'select version()'
pkill -f 'ssh -f -N -L 5433'
