//! Puts the expansions in, each as the place asks for.

use std::ops::Range;

use super::Mark;
use super::context::{Place, Quoting};

/// A rewritten script.
pub(super) struct Rewrite {
    pub(super) text: String,
    /// Where `${VARIABLE}` stands in it, for each place.
    pub(super) inserted: Vec<Range<usize>>,
}

/// Replaces the mark of each place by an expansion that means exactly the value there.
pub(super) fn apply(text: &str, marks: &[Mark], places: &[(usize, Place)]) -> Rewrite {
    let mut rewrite = Rewrite {
        text: String::with_capacity(text.len() + 16 * places.len()),
        inserted: Vec::new(),
    };
    let mut rest = 0;
    for (mark, place) in places {
        let Mark { span, variable, .. } = &marks[*mark];
        let (before, after) = around(place.quoting);
        rewrite.text.push_str(&text[rest..span.start]);
        rewrite.text.push_str(before);
        let start = rewrite.text.len();
        rewrite.text.push_str("${");
        rewrite.text.push_str(variable);
        rewrite.text.push('}');
        rewrite.inserted.push(start..rewrite.text.len());
        rewrite.text.push_str(after);
        rest = span.end;
    }
    rewrite.text.push_str(&text[rest..]);
    rewrite
}

/// What stands around `${VARIABLE}`: quotes of its own, except where double quotes are open already.
fn around(quoting: Quoting) -> (&'static str, &'static str) {
    match quoting {
        Quoting::Bare => ("\"", "\""),
        Quoting::Single => ("'\"", "\"'"),
        Quoting::Double | Quoting::LeftAlone => ("", ""),
    }
}
