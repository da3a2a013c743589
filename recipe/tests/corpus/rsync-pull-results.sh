mkdir -p results
rsync -avP --partial-dir=.rsync-partial gpu-box:/workspace/runs/ results/ || {
    code=$?
    [ $code -eq 23 ] && echo "some files were not transferred" >&2
    exit $code
}
