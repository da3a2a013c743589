wget --mirror --no-parent --convert-links --wait=1 --quiet https://docs.example.org/manual/ || [ $? -eq 8 ]
find docs.example.org -name '*.html' | wc -l
