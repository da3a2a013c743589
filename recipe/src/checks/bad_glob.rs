use std::ops::Range;

use super::{Check, Part, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{Arg, Text};

pub(super) const CHECK: Check = Check {
    code: "bad-glob",
    severity: Severity::Warning,
    title: "A pattern of files that matches nothing",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    for operation in part.operations() {
        for name in ["excludes", "exclude_patterns"] {
            if let Some(Arg::Texts(patterns)) = operation.fields.get(name).map(|it| &it.value) {
                found.extend(patterns.iter().filter_map(judge));
            }
        }
    }
}

fn judge(pattern: &Text) -> Option<Diagnostic> {
    let (range, why) = first_mistake(pattern.as_str())?;
    let brought = pattern
        .references
        .iter()
        .any(|reference| reference.range.start < range.end && range.start < reference.range.end);
    let span = pattern.source.span_of(range.start, range.end);
    (!brought).then(|| CHECK.at(span, why))
}

/// The first set of characters, `[…]`, that is none.
fn first_mistake(pattern: &str) -> Option<(Range<usize>, String)> {
    let mut at = 0;
    while let Some(found) = pattern[at..].find(['[', '\\']) {
        at += found;
        if pattern[at..].starts_with('\\') {
            at += 1;
            at += pattern[at..].chars().next().map_or(0, char::len_utf8);
            continue;
        }
        let Some(end) = set_end(pattern, at) else {
            let why = "this '[' is not closed, so that the pattern matches nothing: add ']', or write '\\[' for the character";
            return Some((at..pattern.len(), why.to_owned()));
        };
        if let Some(range) = reversed(pattern, at + 1..end - 1) {
            let why = format!(
                "'{}' goes backwards, so that it matches nothing",
                &pattern[range.clone()]
            );
            return Some((range, why));
        }
        at = end;
    }
    None
}

/// Where the set that starts at `at` ends, behind its bracket.
fn set_end(pattern: &str, at: usize) -> Option<usize> {
    let inner = &pattern[at + 1..];
    let negated = inner.len() - inner.trim_start_matches(['!', '^']).len();
    let mut place = at + 1 + negated.min(1);
    let mut first = true;
    while let Some(c) = pattern[place..].chars().next() {
        let rest = &pattern[place..];
        if c == ']' && !first {
            return Some(place + 1);
        }
        first = false;
        place += match c {
            '[' if rest.starts_with("[:") => rest.find(":]").map_or(1, |end| end + 2),
            '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            _ => c.len_utf8(),
        };
    }
    None
}

/// The first `b-a` in a set.
fn reversed(pattern: &str, inner: Range<usize>) -> Option<Range<usize>> {
    let inside = &pattern[inner.clone()];
    if inside.contains(['[', '\\']) {
        return None;
    }
    let chars: Vec<(usize, char)> = inside.char_indices().collect();
    chars.windows(3).find_map(|window| match window {
        [(start, low), (_, '-'), (end, high)] if low > high => {
            Some(inner.start + start..inner.start + end + high.len_utf8())
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_matches_nothing_is_a_mistake() {
        for good in [
            "*.pth",
            "wandb/",
            "[a-z]*",
            "[!a-z]",
            "[]]",
            "[!]]x",
            "[[:alpha:]_-]",
            "\\[x",
            "a{b,c}",
            "[a\\]b]",
            "x[-a]",
            "é[à-é]",
        ] {
            assert_eq!(first_mistake(good), None, "{good}");
        }
        for (bad, place) in [
            ("a[b", 1..3),
            ("[z-a]", 1..4),
            ("[a-z][b", 5..7),
            ("[!]", 0..3),
            ("x[\\]", 1..4),
        ] {
            assert_eq!(first_mistake(bad).map(|it| it.0), Some(place), "{bad}");
        }
    }
}
