//! What a line looks like, whatever string or bracket it may stand in: the places at which a broken
//! text can be cut.

/// What a line could begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// `[name]`, `[[name]]`, or such a thing half typed.
    Header,
    /// `key =`
    Entry,
}

/// What the line that starts at `at` could begin, unless it is indented by more than `indent`.
pub(super) fn start_of(text: &str, at: usize, indent: usize) -> Option<Start> {
    let line = line_at(text, at);
    let content = line.trim_start_matches([' ', '\t']);
    if line.len() - content.len() > indent {
        return None;
    }
    match content.starts_with('[') {
        true => is_header(content).then_some(Start::Header),
        false => after_key(content)
            .trim_start_matches([' ', '\t'])
            .starts_with('=')
            .then_some(Start::Entry),
    }
}

/// Whether a line that stands in what seems to be a string is an entry for all that: a shell takes no
/// blanks around `=`, and what follows must begin a value.
pub(super) fn is_surely_entry(text: &str, at: usize, indent: usize) -> bool {
    let content = line_at(text, at).trim_start_matches([' ', '\t']);
    let Some(value) = after_key(content).strip_prefix(" = ") else {
        return false;
    };
    let value = value.trim_start_matches(' ');
    let begins_value = value.starts_with(['"', '\'', '[', '{'])
        || value.starts_with(|c: char| c.is_ascii_digit())
        || matches!(value.trim_end(), "true" | "false");
    start_of(text, at, indent) == Some(Start::Entry) && begins_value
}

/// How far what starts at `at` is indented.
pub(super) fn indent(text: &str, at: usize) -> usize {
    let before = &text[..at];
    before.len() - before.trim_end_matches([' ', '\t']).len()
}

/// Where the line after the one with `at` starts.
pub(super) fn next(text: &str, at: usize) -> Option<usize> {
    let newline = text[at..].find('\n')?;
    Some(at + newline + 1)
}

/// The line that starts at `at`, without its line break.
fn line_at(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    let line = rest.find('\n').map_or(rest, |end| &rest[..end]);
    line.strip_suffix('\r').unwrap_or(line)
}

/// `[a.b]`, `[[a]] # comment`, and half-typed ones. An array's row (`["a", "b"],`) or a shell's test
/// (`[[ -n "$x" ]]`) is none.
fn is_header(content: &str) -> bool {
    let inner = content.trim_start_matches('[');
    if content.len() - inner.len() > 2 {
        return false;
    }
    let rest = after_key(inner.trim_start_matches([' ', '\t']));
    let rest = rest.trim_start_matches(']').trim_start_matches([' ', '\t']);
    rest.is_empty() || rest.starts_with('#')
}

/// What follows the (dotted, perhaps quoted) key that `content` starts with; all of it if there is no
/// key.
fn after_key(content: &str) -> &str {
    let mut rest = content;
    loop {
        rest = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => match rest[1..].find(quote) {
                Some(end) => &rest[end + 2..],
                None => return content,
            },
            _ => rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "-_".contains(c)),
        };
        let dot = rest.trim_start_matches([' ', '\t']);
        match dot.strip_prefix('.') {
            Some(more) => rest = more.trim_start_matches([' ', '\t']),
            None => return rest,
        }
    }
}
