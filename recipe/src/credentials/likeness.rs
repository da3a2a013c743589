//! What looks drawn by lot, and what only stands for a credential.

/// Whether `value` looks like a credential that a machine made: long, in one piece, and neither words
/// nor a number nor a path.
pub(crate) fn looks_random(value: &str) -> bool {
    const SHORTEST: usize = 16;
    const LONGEST: usize = 512;
    let is_part = |c: char| c.is_ascii_graphic() && !"$`{}()<>*\"'\\,;|&".contains(c);
    (SHORTEST..=LONGEST).contains(&value.len())
        && value.chars().all(is_part)
        && !value.starts_with(['/', '~', '.', '-'])
        && !value.contains("://")
        && !is_placeholder(value)
        && value.split(['-', '_', '.', '/', ':', '@']).any(is_mixed)
        && entropy(value) >= 3.0
}

/// Whether `value` stands for a credential that people are to fill in.
pub(crate) fn is_placeholder(value: &str) -> bool {
    const WORDS: &[&str] = &[
        "xxx",
        "your",
        "example",
        "placeholder",
        "changeme",
        "change-me",
        "change_me",
        "replace",
        "dummy",
        "redacted",
        "insert",
        "sample",
        "foobar",
        "abcdefgh",
        "01234567",
        "12345678",
        "...",
        "***",
        "<",
        ">",
    ];
    let lower = value.to_ascii_lowercase();
    WORDS.iter().any(|word| lower.contains(word)) || distinct(&lower) < 6
}

/// Whether letters and digits, or upper and lower case, follow one another without order, as they do in
/// no word and in no version.
fn is_mixed(piece: &str) -> bool {
    let kind = |byte: u8| match byte {
        b'0'..=b'9' => 0,
        b'A'..=b'Z' => 1,
        _ => 2,
    };
    let kinds: Vec<u8> = piece.bytes().map(kind).collect();
    let changes = kinds.windows(2).filter(|pair| pair[0] != pair[1]).count();
    piece.len() >= 8 && changes * 5 >= piece.len() && changes >= 3
}

fn distinct(text: &str) -> usize {
    let mut seen = [false; 256];
    text.bytes().for_each(|byte| seen[usize::from(byte)] = true);
    seen.iter().filter(|seen| **seen).count()
}

/// Shannon's, in bits for each byte.
fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    text.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
    let all = text.len() as f64;
    let shares = counts.iter().filter(|count| **count > 0);
    shares
        .map(|count| f64::from(*count) / all)
        .map(|share| -share * share.log2())
        .sum()
}
