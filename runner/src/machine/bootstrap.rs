//! The first shell: one constant command line, and how it introduces itself.

use std::fmt::Write;

use recipe::is_hostile;

/// The word that marks one shell's own lines among everything a login can print.
#[derive(Clone)]
pub(crate) struct Nonce(String);

impl Nonce {
    /// A new one, 64 bits. It is no secret: it only has to be something that no login prints by itself.
    pub(crate) fn new() -> Self {
        let number = getrandom::u64().unwrap_or_else(|_| std::process::id().into());
        Self(format!("{number:016x}"))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an SSH server is asked to execute. It holds no value, and `sh`, `bash`, `dash`, `zsh`, `fish`, `csh` and their
/// like all read it alike: nothing but single quotes, no `!`, no backslash, no newline.
pub(crate) fn exec_line(nonce: &Nonce) -> String {
    format!("exec /bin/sh -c '{}'", script(nonce))
}

/// What that shell does: find bash, say hello, then read a length and evaluate that many bytes.
///
/// `iflag=fullblock` reads it all at once and is refused, before anything is read, where `dd` does not know it.
pub(crate) fn script(nonce: &Nonce) -> String {
    let nonce = nonce.as_str();
    format!(
        r#"doppio_b=$(command -v bash || echo /bin/sh); echo RR1 {nonce} $$; read -r doppio_n && eval "$(dd bs="$doppio_n" count=1 iflag=fullblock 2>/dev/null || dd bs=1 count="$doppio_n" 2>/dev/null)""#
    )
}

/// A line `KIND NONCE rest` in what a shell has said so far: the rest, and where the line ends.
pub(crate) fn find_line<'a>(said: &'a [u8], kind: &str, nonce: &Nonce) -> Option<(&'a str, usize)> {
    let start = format!("{kind} {} ", nonce.as_str());
    let from = find(said, start.as_bytes())? + start.len();
    let end = from + said[from..].iter().position(|&byte| byte == b'\n')?;
    Some((std::str::from_utf8(&said[from..end]).ok()?, end + 1))
}

/// The start of what was said instead, safe to show.
pub(crate) fn excerpt(said: &[u8]) -> String {
    if said.trim_ascii().is_empty() {
        return "nothing".to_owned();
    }
    format!("\"{}\"", visible(&String::from_utf8_lossy(said)))
}

/// The start of a text, with nothing in it that could move a cursor or turn its direction.
pub(crate) fn visible(text: &str) -> String {
    const SHOWN: usize = 300;
    let mut shown = String::new();
    let mut characters = text.trim().chars();
    for character in characters.by_ref().take(SHOWN) {
        if character.is_control() || is_hostile(character) {
            // Writing to a string cannot fail.
            let _ = write!(shown, "{}", character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_one_that_every_login_shell_reads_alike() {
        let line = exec_line(&Nonce("00".into()));
        assert_eq!(line.matches('\'').count(), 2, "{line}");
        assert!(!line.contains(['!', '\\', '\n']), "{line}");
    }

    #[test]
    fn a_hello_is_found_behind_noise_and_not_before_its_newline() {
        let nonce = Nonce("abcd".into());
        assert_eq!(find_line(b"motd RR1 abcd 12", "RR1", &nonce), None);
        assert_eq!(
            find_line(b"RR1 ffff 1\nmotd RR1 abcd 12\nx", "RR1", &nonce),
            Some(("12", 28))
        );
    }

    #[test]
    fn what_was_said_instead_is_shown_without_control_characters() {
        assert_eq!(excerpt(b"  \n"), "nothing");
        assert_eq!(excerpt(b"go \x1b[31maway\n"), r#""go \u{1b}[31maway""#);
        assert_eq!(visible("a\u{202e}b\n"), r"a\u{202e}b");
        assert_eq!(visible(&"é".repeat(300)).chars().count(), 300);
        assert!(visible(&"é".repeat(301)).ends_with("é…"));
    }
}
