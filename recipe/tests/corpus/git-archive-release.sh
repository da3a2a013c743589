version=$(git describe --tags --always --dirty)
git archive --format=tar.gz --prefix="trainer-$version/" -o "dist/trainer-$version.tar.gz" HEAD
( cd dist && sha256sum "trainer-$version.tar.gz" > "trainer-$version.tar.gz.sha256" )
