//! The one style of recipes: a sound text in, the smallest edits out that bring it into that style.
//! `docs/formatting.md` says what the style is.
//!
//! Between any two pieces of a text (a key, a `=`, a string, a bracket, a comment) there are only blanks, line
//! breaks and commas, and only those are ever edited: no piece is changed, left out or moved. So a text keeps its
//! meaning whatever the style says.
//!
//! * [`edits`] is the formatter, [`formatted`] the text that comes out of it;
//! * `pieces.rs` cuts a text into its pieces and finds which brackets span lines;
//! * `layout.rs` says what belongs between two of them, and `gaps.rs` makes edits of that;
//! * `width.rs` finds the arrays that are too long for a line, `indent.rs` how the file is indented.

mod gaps;
mod indent;
mod layout;
mod pieces;
#[cfg(test)]
mod tests;
mod width;

use crate::diagnostic::{self, Edit};
use crate::span::Span;
use crate::syntax::Tree;

pub use indent::Indent;
pub(crate) use width::{WIDEST, width as columns};

/// The edits that bring `text`, whose tree is `tree`, into the one style: in order of place, apart from one
/// another and each as small as can be. With a `range` only those of its lines, and only of entries that lie
/// within them as a whole.
///
/// A text with a syntax error, wherever it is, has none. `indent` counts where nothing in the text is
/// indented yet.
pub fn edits(text: &str, tree: &Tree, range: Option<Span>, indent: Indent) -> Vec<Edit> {
    if !tree.errors.is_empty() {
        return Vec::new();
    }
    let mut pieces = pieces::Pieces::of(text);
    let indent = indent::of(text, &pieces).unwrap_or(indent);
    let gaps = layout::lay_out(text, &mut pieces, indent);
    let lines = range.map(|range| whole_lines(text, range));
    gaps.edits(lines)
}

/// `text`, whose tree is `tree`, in the one style.
pub fn formatted(text: &str, tree: &Tree) -> String {
    diagnostic::apply(text, &edits(text, tree, None, Indent::default()))
}

/// How `text` is indented, if anything in it is.
pub fn indent_of(text: &str) -> Option<Indent> {
    indent::of(text, &pieces::Pieces::of(text))
}

/// The lines that `range` lies on. One that ends where a line starts does not reach into that.
fn whole_lines(text: &str, range: Span) -> Span {
    let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let last = text[start..range.end.max(start)].ends_with('\n');
    let end = match last {
        true => range.end,
        false => text[range.end..]
            .find('\n')
            .map_or(text.len(), |at| range.end + at + 1),
    };
    Span::new(start, end)
}
