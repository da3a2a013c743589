mkdir -p project/{src/{lib,bin},tests,docs}
touch project/src/lib/{a..c}.rs project/tests/test_{01..03}.sh
ls project/src/lib/[ab].rs project/tests/test_0?.sh
cp project/src/lib/a.rs{,.bak}
