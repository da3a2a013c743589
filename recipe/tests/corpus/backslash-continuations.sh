docker run \
    --rm \
    --name "job-$RANDOM" \
    -e MODE=fast \
    alpine:3.20 \
    sh -c 'echo started; sleep 1; echo finished' \
  && echo ok \
  || echo failed
