latexmk -pdf -interaction=nonstopmode -halt-on-error paper.tex >/dev/null || { grep -A3 '^!' paper.log; exit 1; }
pdfinfo paper.pdf | grep Pages
