git config --global user.name "Build Bot"
git config --global user.email build@example.org
git config --global init.defaultBranch main
git config --global --add safe.directory '*'
git config --list --show-origin | sed 's/^file://'
