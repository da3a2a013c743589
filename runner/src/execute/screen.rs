//! Makes text of what a command wrote: masked bytes in, safe text out.
//!
//! Colours pass. Every other escape and control character becomes visible text, so that a command
//! can neither move the cursor over another step's lines nor talk to the terminal. Characters and
//! colour sequences that a chunk cuts in two are held until the rest is there.

/// The state of one stream.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    /// The cut-off start of a character or of a colour sequence.
    held: Vec<u8>,
}

/// No colour sequence is longer; what is, is shown as text.
const LONGEST_COLOUR: usize = 64;

impl Screen {
    /// Takes bytes and gives the text that is complete.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> String {
        self.held.extend_from_slice(bytes);
        let ready = self.held.len() - cut_off(&self.held);
        let rest = self.held.split_off(ready);
        let ready = std::mem::replace(&mut self.held, rest);
        clean(&String::from_utf8_lossy(&ready))
    }

    /// Gives what is still held, when nothing more will come.
    pub(crate) fn finish(&mut self) -> String {
        clean(&String::from_utf8_lossy(&std::mem::take(&mut self.held)))
    }
}

/// How many bytes at the end may be the start of something that is not complete yet.
fn cut_off(bytes: &[u8]) -> usize {
    let tail_start = bytes.len().saturating_sub(LONGEST_COLOUR);
    let tail = &bytes[tail_start..];
    if let Some(escape) = tail.iter().rposition(|&byte| byte == 0x1b)
        && is_colour_start(&tail[escape..])
    {
        return tail.len() - escape;
    }
    // A character has at most four bytes, so its start is among the last three.
    let last = &bytes[bytes.len().saturating_sub(3)..];
    match last.iter().rposition(|&byte| byte >= 0xc0) {
        Some(lead) => match std::str::from_utf8(&last[lead..]) {
            Err(error) if error.error_len().is_none() => last.len() - lead,
            _ => 0,
        },
        None => 0,
    }
}

/// Whether the bytes, which start with an escape, can become a colour sequence.
fn is_colour_start(bytes: &[u8]) -> bool {
    match bytes {
        [_] => true,
        [_, b'[', parameters @ ..] => parameters.iter().all(|&byte| is_parameter(byte)),
        _ => false,
    }
}

fn is_parameter(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b';' | b':')
}

/// Shows every control character but line ends, tabs and colour sequences as text.
fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_hidden) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(length) = colour_length(rest) {
            out.push_str(&rest[..length]);
            rest = &rest[length..];
        } else if let Some(control) = rest.chars().next() {
            out.push_str(&format!("\\x{:02x}", u32::from(control)));
            rest = &rest[control.len_utf8()..];
        }
    }
    out.push_str(rest);
    out
}

fn is_hidden(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

/// The length of the colour sequence that `text` starts with.
pub(super) fn colour_length(text: &str) -> Option<usize> {
    let parameters = text.strip_prefix("\x1b[")?;
    let end = parameters.bytes().position(|byte| !is_parameter(byte))?;
    (parameters.as_bytes()[end] == b'm').then_some(end + 3)
}

/// The text without the colours that [`Screen`] lets pass, for files and plain views.
pub fn without_colours(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\x1b') {
        out.push_str(&rest[..at]);
        rest = &rest[at + colour_length(&rest[at..]).unwrap_or(1)..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out when the bytes arrive in chunks of `size`.
    fn shown(bytes: &[u8], size: usize) -> String {
        let mut screen = Screen::default();
        let mut out: String = bytes.chunks(size).map(|part| screen.push(part)).collect();
        out += &screen.finish();
        out
    }

    #[test]
    fn chunks_do_not_matter() {
        let cases: &[(&[u8], &str)] = &[
            ("héllo wörld 🦀\n".as_bytes(), "héllo wörld 🦀\n"),
            (b"\x1b[1;31mred\x1b[0m\n", "\x1b[1;31mred\x1b[0m\n"),
            (b"\x1b[38:5:1mred\x1b[m", "\x1b[38:5:1mred\x1b[m"),
            (b"a\xffb", "a\u{fffd}b"),
            (b"end \xf0\x9f", "end \u{fffd}"),
            (b"\x1b[2Jgone", "\\x1b[2Jgone"),
            (b"\x1b]0;title\x07", "\\x1b]0;title\\x07"),
            (b"\x1b[31", "\\x1b[31"),
            (b"50%\r60%\r\n\tx", "50%\r60%\r\n\tx"),
            ("\u{9b}31m".as_bytes(), "\\x9b31m"),
            (b"\x1b\x1b[31mx", "\\x1b\x1b[31mx"),
            (b"a\0b", "a\\x00b"),
        ];
        for (bytes, expected) in cases {
            for size in 1..=bytes.len() {
                assert_eq!(shown(bytes, size), *expected, "{bytes:?} by {size}");
            }
        }
    }

    #[test]
    fn only_the_start_of_something_is_held() {
        let mut screen = Screen::default();
        assert_eq!(screen.push(b"Password: "), "Password: ");
        assert_eq!(screen.push(b"x\x1b[3"), "x");
        assert_eq!(screen.push(b"1mred"), "\x1b[31mred");
        let endless = [b"\x1b[".as_slice(), &[b'1'; 100]].concat();
        assert!(!screen.push(&endless).is_empty());
    }

    #[test]
    fn colours_can_be_taken_off() {
        assert_eq!(without_colours("\x1b[1;31mred\x1b[0m!"), "red!");
    }
}
