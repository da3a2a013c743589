identify -format '%f %wx%h\n' ./*.png
mogrify -path web -resize '1600x1600>' -quality 82 -format jpg ./*.png
montage web/*.jpg -tile 4x -geometry 200x200+4+4 sheet.jpg
