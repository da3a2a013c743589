//! Text from recipes and hosts, made safe to show: nothing in it that a terminal obeys, that turns
//! other text round or that cannot be seen.

pub use crate::is_hostile;

/// `text` in one line, with what a terminal would obey or hide written out as an escape.
pub fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_control() || is_hostile(c) {
            true => shown.extend(c.escape_default()),
            false => shown.push(c),
        }
    }
    shown
}

/// A sentence for people, which may quote text: in that also each blank that is not a plain one is written out,
/// since nobody sees the difference.
pub(crate) fn sentence(text: String) -> String {
    let is_unclear = |c: char| c.is_control() || is_hostile(c) || (c.is_whitespace() && c != ' ');
    if !text.contains(is_unclear) {
        return text;
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match is_unclear(c) {
            true => shown.extend(c.escape_default()),
            false => shown.push(c),
        }
    }
    shown
}

/// The lines of `text`, each [`escaped`], joined by `separator`.
pub fn escaped_lines(text: &str, separator: &str) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| escaped(line.trim_end()))
        .collect();
    lines.join(separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_written_out() {
        assert_eq!(
            escaped("a\x1b[2K\r\nb\u{202e}c\u{9b}é"),
            r"a\u{1b}[2K\r\nb\u{202e}c\u{9b}é"
        );
        assert_eq!(
            sentence("'sleep\u{a0}' and 'é\u{200b}\n' cannot be a key".to_owned()),
            r"'sleep\u{a0}' and 'é\u{200b}\n' cannot be a key"
        );
        assert_eq!(escaped_lines("one\r\ntwo\x07", "\n  "), "one\n  two\\u{7}");
    }
}
