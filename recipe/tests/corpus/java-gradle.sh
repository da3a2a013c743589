export JAVA_HOME=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
./gradlew --no-daemon clean build -x test
java -jar build/libs/*.jar --version
