//! Arrays that are too long for their line.

use unicode_width::UnicodeWidthStr;

use super::pieces::{Kind, Pieces};

/// How many columns a line should have at most, where an array could be broken.
pub(crate) const WIDEST: usize = 100;

/// Whether the array that opens at piece `index`, on a line of which `before` columns are taken, has
/// several items and does not fit. One that spans lines anyhow is left as it is.
pub(super) fn is_too_long(text: &str, pieces: &Pieces, index: usize, before: usize) -> bool {
    let mut width = before;
    let mut depth = 0;
    let mut has_several = false;
    for (piece, next) in pieces.list[index..].iter().zip(&pieces.list[index + 1..]) {
        let written = &text[piece.span.range()];
        match piece.kind {
            Kind::Open(inner) if pieces.brackets[inner].is_broken => return false,
            Kind::Open(_) => depth += 1,
            Kind::Close(_) => depth -= 1,
            Kind::Scalar if written.contains('\n') => return false,
            _ => {}
        }
        width += written.width();
        if depth == 0 {
            break;
        }
        let gap = pieces.flat(piece.kind, next.kind);
        has_several |= depth == 1 && gap.starts_with(',');
        width += gap.len();
    }
    has_several && width > WIDEST
}

/// The column in which `written` ends if it starts in `column`.
pub(super) fn column_after(column: usize, written: &str) -> usize {
    match written.rfind('\n') {
        Some(at) => width(&written[at + 1..]),
        None => column + width(written),
    }
}

/// How many columns a text takes that has no line breaks.
pub(crate) fn width(text: &str) -> usize {
    match text.is_ascii() {
        true => text.len(),
        false => text.width(),
    }
}
