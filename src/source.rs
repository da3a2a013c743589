//! Reads recipes: no more of a file than a recipe can be long, whatever the file is.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// No recipe is longer, in bytes.
const LONGEST: u64 = 8 << 20;

/// The bytes of a file, or of standard input for `-`.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    match path == Path::new("-") {
        true => read_all(io::stdin().lock()),
        false => read_all(File::open(path)?),
    }
}

/// What somebody does about a recipe that cannot be read.
pub(crate) fn advice(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::NotFound => "Check the path.",
        io::ErrorKind::PermissionDenied => "Check its permissions.",
        io::ErrorKind::FileTooLarge => {
            "Check that it is the file you mean. Of a recipe that long, make several."
        }
        io::ErrorKind::InvalidData => "Save it as UTF-8 in your editor.",
        _ => "Check the path and its permissions.",
    }
}

fn read_all(file: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        let message = format!(
            "it is longer than the {} MiB that a recipe may be",
            LONGEST >> 20
        );
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}
