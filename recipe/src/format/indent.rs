//! By how much lines inside brackets are indented.

use std::fmt;

use super::pieces::{Kind, Pieces};

/// One level of indentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indent {
    /// How many spaces; none for a tab.
    spaces: usize,
}

/// No level is wider.
const WIDEST: usize = 8;

impl Indent {
    /// A tab.
    pub const TAB: Self = Self { spaces: 0 };

    /// So many spaces, between 1 and 8.
    pub fn spaces(count: usize) -> Self {
        Self {
            spaces: count.clamp(1, WIDEST),
        }
    }

    /// The one that `blanks` are.
    fn read(blanks: &str) -> Option<Self> {
        match blanks {
            "\t" => Some(Self::TAB),
            _ if blanks.is_empty() || blanks.len() > WIDEST || blanks.contains('\t') => None,
            _ => Some(Self::spaces(blanks.len())),
        }
    }
}

/// Four spaces, as most recipes have it.
impl Default for Indent {
    fn default() -> Self {
        Self::spaces(4)
    }
}

impl fmt::Display for Indent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.spaces {
            0 => f.write_str("\t"),
            count => write!(f, "{:count$}", ""),
        }
    }
}

/// What most brackets of the text that span lines are indented by, so that whoever formats it with
/// whatever editor does the same to it.
pub(super) fn of(text: &str, pieces: &Pieces) -> Option<Indent> {
    let mut votes: Vec<(Indent, usize)> = Vec::new();
    let mut depth = 0;
    let is_broken = |index: usize| pieces.brackets[index].is_broken;
    for (piece, next) in pieces.list.iter().zip(&pieces.list[1..]) {
        match piece.kind {
            Kind::Open(index) if is_broken(index) => depth += 1,
            Kind::Close(index) if is_broken(index) => {
                depth -= 1;
                continue;
            }
            _ => continue,
        }
        let unit = Indent::read(blanks_before(text, next.span.start));
        let Some(unit) = unit.filter(|_| depth == 1 && next.breaks > 0) else {
            continue;
        };
        match votes.iter_mut().find(|(known, _)| *known == unit) {
            Some((_, count)) => *count += 1,
            None => votes.push((unit, 1)),
        }
    }
    // Of those that are as frequent, the first.
    let most = votes.iter().rev().max_by_key(|(_, count)| *count);
    most.map(|(unit, _)| *unit)
}

/// The blanks before `at`.
pub(super) fn blanks_before(text: &str, at: usize) -> &str {
    let before = &text[..at];
    &before[before.trim_end_matches([' ', '\t']).len()..]
}
