//! `curl -H "Authorization: …" https://… | bash`: what a download sends is no part of what it prints, so a
//! value there is not fed to the shell that runs the download.

use super::command::Word;

/// Options without a value, none of which prints what was sent: `-v`, `-w` and `--trace` do.
const FLAGS: &[&str] = &[
    "--fail",
    "--silent",
    "--show-error",
    "--location",
    "--compressed",
    "--quiet",
    "--no-verbose",
    "--tlsv1.2",
];
const FLAG_LETTERS: &str = "fsSLkq";
/// Options whose value is said to the server.
const SENT: &[&str] = &[
    "-H",
    "--header",
    "-u",
    "--user",
    "--password",
    "--oauth2-bearer",
    "-A",
    "--user-agent",
];
/// Other options with a value.
const VALUED: &[&str] = &[
    "--proto",
    "--retry",
    "--max-time",
    "-m",
    "--connect-timeout",
    "--timeout",
    "--tries",
    "--output-document",
    "-O",
];

/// Whether the words are a download, known in all its options, that only sends what stands at `index`.
pub(super) fn only_sends(words: &[Word<'_>], index: usize) -> bool {
    let Some((program, rest)) = words.split_first() else {
        return false;
    };
    if !matches!(program.program(), Some("curl" | "wget")) {
        return false;
    }
    let mut sends = false;
    let mut at = 1;
    while let Some(word) = rest.get(at - 1) {
        let text = word.written.trim_start_matches(['"', '\'']);
        let (name, value) = text.split_once('=').unzip();
        let name = name.unwrap_or(text);
        let place = at + usize::from(value.is_none());
        if SENT.contains(&name) {
            sends |= place == index;
            at = place;
        } else if VALUED.contains(&name) && place != index {
            at = place;
        } else if !(is_flag(text) || is_address(text)) || at == index {
            return false;
        }
        at += 1;
    }
    sends
}

fn is_flag(text: &str) -> bool {
    let letters = text.strip_prefix('-').unwrap_or_default();
    let short = letters.strip_suffix("O-").unwrap_or(letters);
    let known = short.chars().all(|letter| FLAG_LETTERS.contains(letter));
    FLAGS.contains(&text) || !letters.is_empty() && known
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}
