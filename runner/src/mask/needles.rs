//! What is looked for: the forms in which tools print a value.
//!
//! A value of 8 bytes or more is found as it is, as a string of C, JSON (also as Go and PHP write it)
//! and Python, quoted for a shell in each of its ways, as HTML or XML, URL-encoded (RFC 3986 and
//! form, either case of hexadecimal), in hexadecimal and in base64 and base64url, wherever it starts
//! in the encoded text, and where it is encoded alone also in the lines of `base64` and `openssl`; of a
//! value of several lines, each line of 8 bytes or more too. A value of 4 to 7 bytes is found only as
//! it is and only as a whole word. Of a text beyond [`LARGE`] (no keychain entry, but perhaps something
//! captured) only itself and its lines.

use std::collections::BTreeSet;

use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::{Zeroize, Zeroizing};

use super::SHORTEST_MASKED;

/// From this length on a value is masked in all its forms and in the middle of words.
const LONG: usize = 8;

/// Beyond this length encoded forms are not looked for: their automaton would not fit in memory.
const LARGE: usize = 64 * 1024;

/// Everything that is looked for; wiped when dropped.
#[derive(Default)]
pub(super) struct Needles {
    long: BTreeSet<Vec<u8>>,
    words: BTreeSet<Vec<u8>>,
}

impl Needles {
    /// Adds the forms of a value and tells whether they are new. A newline at its end is not part of
    /// it: output has its own.
    pub(super) fn add(&mut self, value: &[u8]) -> bool {
        let last = value.iter().rposition(|b| !matches!(b, b'\n' | b'\r'));
        let value = &value[..last.map_or(0, |last| last + 1)];
        let set = match value.len() {
            0..SHORTEST_MASKED => return false,
            SHORTEST_MASKED..LONG => &mut self.words,
            LONG.. => &mut self.long,
        };
        if !set.insert(value.to_vec()) {
            return false;
        }
        if value.len() < LONG {
            return true;
        }
        if value.len() <= LARGE {
            self.long.extend(encodings(value));
            self.long.extend(wrapped_base64(value));
        }
        for line in value.split(|b| *b == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.len() >= LONG {
                self.long.insert(line.to_vec());
            }
        }
        true
    }

    /// What is masked wherever it stands.
    pub(super) fn long(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.long.iter().map(|needle| needle.as_slice())
    }

    /// What is masked only where it is a whole word, see [`is_word`].
    pub(super) fn words(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.words.iter().map(|needle| needle.as_slice())
    }
}

impl Drop for Needles {
    fn drop(&mut self) {
        for set in [&mut self.long, &mut self.words] {
            std::mem::take(set)
                .into_iter()
                .for_each(|mut needle| needle.zeroize());
        }
    }
}

/// Whether a byte next to a short value makes it part of a longer word.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

fn encodings(value: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = printed(value);
    for percent in [percent_upper, percent_lower] {
        forms.push(url_encoded(value, b"-._~", b"%20", percent));
        forms.push(url_encoded(value, b"-._*", b"+", percent));
    }
    forms.push(hex(value, "0123456789abcdef"));
    forms.push(hex(value, "0123456789ABCDEF"));
    for before in 0..3 {
        forms.push(base64_inner(value, before, &STANDARD_NO_PAD));
        forms.push(base64_inner(value, before, &URL_SAFE_NO_PAD));
    }
    forms
}

/// As programs print strings: for most values all the same, and the same as the value.
fn printed(value: &[u8]) -> Vec<Vec<u8>> {
    let json = escaped(value, b"\"", false);
    let ascii_json = escaped(value, b"\"", true);
    let slash = |byte| (byte == b'/').then_some(r"\/");
    vec![
        rewritten(&json, for_script),
        rewritten(&ascii_json, for_script),
        rewritten(&json, slash),
        rewritten(&ascii_json, slash),
        json,
        ascii_json,
        // Python and JavaScript, whose quotes depend on those in the value, and `$'…'`.
        escaped(value, b"'", false),
        escaped(value, b"", false),
        // Between a shell's single quotes, by bash and by dash, and its double quotes.
        rewritten(value, |byte| (byte == b'\'').then_some(r"'\''")),
        rewritten(value, |byte| (byte == b'\'').then_some(r#"'"'"'"#)),
        behind_backslashes(value, |byte| b"\\$\"`".contains(&byte)),
        // Without any, by `printf %q` of bash and of zsh.
        behind_backslashes(value, |byte| BARE_SPECIAL.contains(&byte)),
        behind_backslashes(value, |byte| byte != b'!' && BARE_SPECIAL.contains(&byte)),
        rewritten(value, |byte| html(byte, None)),
        rewritten(value, |byte| html(byte, Some(["&quot;", "&#39;"]))),
        rewritten(value, |byte| html(byte, Some(["&quot;", "&#x27;"]))),
        rewritten(value, |byte| html(byte, Some(["&#34;", "&#39;"]))),
        rewritten(value, |byte| html(byte, Some(["&quot;", "&apos;"]))),
    ]
}

/// What `printf %q` sets a backslash before. At the start of a value also `~` and `#`, which the
/// rest of the value does without.
const BARE_SPECIAL: &[u8] = b" \\'\"`$&|;<>()[]{}*?!^,";

/// As JSON that can stand in a page, which is what Go makes by default.
fn for_script(byte: u8) -> Option<&'static str> {
    match byte {
        b'<' => Some(r"\u003c"),
        b'>' => Some(r"\u003e"),
        b'&' => Some(r"\u0026"),
        _ => None,
    }
}

/// As HTML or XML; quotes are only sometimes replaced.
fn html(byte: u8, quotes: Option<[&'static str; 2]>) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => quotes.map(|[double, _]| double),
        b'\'' => quotes.map(|[_, single]| single),
        _ => None,
    }
}

/// As between the quotes of JSON and, but for rare control characters, of C, Rust, Python and
/// `$'…'`. With `ascii`, other characters as `\uXXXX`, as Python's `json.dumps` writes them.
fn escaped(value: &[u8], quotes: &[u8], ascii: bool) -> Vec<u8> {
    let mut form = Vec::with_capacity(value.len() + 16);
    for chunk in value.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => form.extend(b"\\\\"),
                '\n' => form.extend(b"\\n"),
                '\r' => form.extend(b"\\r"),
                '\t' => form.extend(b"\\t"),
                '\u{8}' => form.extend(b"\\b"),
                '\u{c}' => form.extend(b"\\f"),
                c if c.is_ascii_control() || (ascii && !c.is_ascii()) => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        form.extend(format!("\\u{unit:04x}").into_bytes());
                    }
                }
                c => {
                    if u8::try_from(c).is_ok_and(|byte| quotes.contains(&byte)) {
                        form.push(b'\\');
                    }
                    form.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
        }
        form.extend(chunk.invalid());
    }
    form
}

fn behind_backslashes(value: &[u8], special: impl Fn(u8) -> bool) -> Vec<u8> {
    let mut form = Vec::with_capacity(value.len() + 8);
    for byte in value {
        if special(*byte) {
            form.push(b'\\');
        }
        form.push(*byte);
    }
    form
}

fn rewritten(value: &[u8], other: impl Fn(u8) -> Option<&'static str>) -> Vec<u8> {
    let mut form = Vec::with_capacity(value.len() + 16);
    for byte in value {
        match other(*byte) {
            Some(text) => form.extend(text.as_bytes()),
            None => form.push(*byte),
        }
    }
    form
}

fn url_encoded(value: &[u8], plain: &[u8], space: &[u8], percent: fn(u8) -> String) -> Vec<u8> {
    let mut form = Vec::with_capacity(value.len() * 3);
    for byte in value {
        match byte {
            b' ' => form.extend(space),
            byte if byte.is_ascii_alphanumeric() || plain.contains(byte) => form.push(*byte),
            byte => form.extend(percent(*byte).into_bytes()),
        }
    }
    form
}

fn percent_upper(byte: u8) -> String {
    format!("%{byte:02X}")
}

fn percent_lower(byte: u8) -> String {
    format!("%{byte:02x}")
}

fn hex(value: &[u8], digits: &str) -> Vec<u8> {
    let digit = |nibble: u8| digits.as_bytes()[usize::from(nibble)];
    value
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// The lines of the value's base64 where it is encoded alone and does not fit on one: by `base64`, and by
/// `openssl`.
fn wrapped_base64(value: &[u8]) -> Vec<Vec<u8>> {
    const LINES: [usize; 2] = [76, 64];
    let form = Zeroizing::new(base64_inner(value, 0, &STANDARD_NO_PAD));
    let lines = LINES
        .iter()
        .filter(|length| form.len() > **length)
        .flat_map(|length| form.chunks(*length));
    lines
        .filter(|line| line.len() >= LONG)
        .map(<[u8]>::to_vec)
        .collect()
}

/// What base64 makes of the value where `before` bytes (0 to 2, modulo 3) precede it in the encoded
/// text, without the characters that its neighbours have a share in.
fn base64_inner(value: &[u8], before: usize, engine: &impl base64::Engine) -> Vec<u8> {
    let mut shifted = Zeroizing::new(vec![0; before]);
    shifted.extend_from_slice(value);
    let whole_bits = shifted.len() * 8;
    let mut form = engine.encode(&*shifted).into_bytes();
    form.truncate(whole_bits / 6);
    form.drain(..(before * 8).div_ceil(6));
    form
}
