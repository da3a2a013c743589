//! Where the name of a variable stands in a shell text, for editors that follow it and give it another one.
//! A help and nothing more: what a secret may touch is judged elsewhere.

use std::ops::Range;

use super::parse::Script;

/// What a name stands for at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// The variable, which is given a value: `NAME=1`, `for NAME in`.
    Assigned,
    /// The variable: `$NAME`, `${NAME:-x}`, `export NAME`.
    Read,
    /// A word or a part of a quoted text, by which a program may know the variable: `read NAME`,
    /// `sh -c 'echo $NAME'`.
    Word,
}

/// Everywhere that `name` stands in `script` and may stand for a variable, in order. Comments are left out,
/// and words that it is only a part of.
pub fn places_of(script: &str, name: &str) -> Vec<(Range<usize>, Named)> {
    let mut whole = whole_words(script, name).peekable();
    if name.is_empty() || whole.peek().is_none() {
        return Vec::new();
    }
    let Some(tree) = Script::of(script) else {
        return whole.map(|span| (span, Named::Word)).collect();
    };
    let named = |span: Range<usize>| {
        let path = tree.path(&span);
        let (last, before) = path.split_last()?;
        let parent = before.last().map_or("", |step| step.node.kind());
        let named = match last.node.kind() {
            "comment" => return None,
            "variable_name" => match parent {
                "variable_assignment" | "for_statement" => Named::Assigned,
                _ => Named::Read,
            },
            // A path, an option, a host: the name is a part of another.
            "word" | "concatenation" if tree.slice(last.node) != name => return None,
            _ => Named::Word,
        };
        Some((span, named))
    };
    whole.filter_map(named).collect()
}

/// Where `name` stands in `text` and no letter, digit or `_` beside it.
fn whole_words<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let places = text.match_indices(name);
    let spans = places.map(|(start, name)| start..start + name.len());
    spans.filter(move |span| {
        !text[..span.start].ends_with(is_part) && !text[span.end..].starts_with(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `A` stands for, place by place.
    fn check(script: &str) -> Vec<Named> {
        places_of(script, "A")
            .into_iter()
            .map(|(_, named)| named)
            .collect()
    }

    #[test]
    fn a_variable_is_told_from_words_and_from_comments() {
        use Named::{Assigned, Read, Word};
        assert_eq!(
            check("A=1 run; echo $A \"${A:-x}\" # A"),
            [Assigned, Read, Read]
        );
        assert_eq!(
            check("for A in 1 2; do export A; echo ${#A}; done"),
            [Assigned, Read, Read]
        );
        assert_eq!(check("cat <<X\n$A\nX\ncat <<'X'\n$A\nX\n"), [Read, Word]);
        assert_eq!(
            check("read A; printenv A; sh -c 'echo $A'"),
            [Word, Word, Word]
        );
        assert_eq!(
            check("ls /A/b --A=1 AA $AA a.A; python -c \"x['A']\""),
            [Word]
        );
        assert_eq!(check(""), []);
    }
}
