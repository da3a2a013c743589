# Shared start of every payload: go to the working directory, or say why not.
if [ -n "$doppio_dir" ] && ! cd -- "$doppio_dir" 2>/dev/null; then
  doppio_why=denied
  [ -d "$doppio_dir" ] || doppio_why=file
  [ -e "$doppio_dir" ] || doppio_why=missing
  echo "RR2 $doppio_nonce workdir $doppio_why"
  exit 0
fi
