shopt -s nullglob nocaseglob
for audio in recordings/*.{mp3,wav,m4a}; do
    out=transcripts/$(basename "${audio%.*}").txt
    [[ -s $out ]] || whisper "$audio" --model medium --language en --output_format txt --output_dir transcripts
done
