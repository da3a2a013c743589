mkdir -p thumbs
for video in *.mp4; do
    length=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$video")
    ffmpeg -nostdin -v error -ss "$(bc <<< "$length / 2")" -i "$video" -frames:v 1 -y "thumbs/${video%.mp4}.jpg"
done
