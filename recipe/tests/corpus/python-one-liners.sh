python3 -c 'import sys; print(sys.version.split()[0])'
python3 -c "
import platform
print(platform.node(), platform.release())
"
python3 -m json.tool < config.json > /dev/null && echo valid
