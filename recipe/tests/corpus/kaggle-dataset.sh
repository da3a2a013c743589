mkdir -p ~/.kaggle data
chmod 700 ~/.kaggle
pip install -q kaggle
kaggle competitions download -c digit-recognizer -p data
unzip -o -q data/digit-recognizer.zip -d data
