//! Moving what stands behind an edit, so that it need not be made anew.

use crate::span::{Span, Spanned};

/// Everything from an offset on stands elsewhere now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shift {
    /// The first offset of the old text that moved.
    pub(crate) from: usize,
    /// Where it is in the new one.
    pub(crate) to: usize,
}

/// Something with places in a text. Whatever has a place inside the edit itself must be made anew.
pub(crate) trait Shiftable {
    /// Moves its places.
    fn shift(&mut self, shift: Shift);
}

impl Shift {
    /// Where `offset` is now.
    pub(crate) fn place(self, offset: usize) -> usize {
        match offset < self.from {
            true => offset,
            false => offset - self.from + self.to,
        }
    }
}

impl Shiftable for usize {
    fn shift(&mut self, shift: Shift) {
        *self = shift.place(*self);
    }
}

impl Shiftable for Span {
    fn shift(&mut self, shift: Shift) {
        // An end stands behind the last byte, which may be the last one before the edit.
        if self.start >= shift.from {
            self.start.shift(shift);
            self.end.shift(shift);
        }
    }
}

impl<T> Shiftable for Spanned<T> {
    fn shift(&mut self, shift: Shift) {
        self.span.shift(shift);
    }
}

impl<T: Shiftable> Shiftable for Vec<T> {
    fn shift(&mut self, shift: Shift) {
        self.iter_mut().for_each(|each| each.shift(shift));
    }
}

impl<T: Shiftable> Shiftable for Option<T> {
    fn shift(&mut self, shift: Shift) {
        if let Some(some) = self {
            some.shift(shift);
        }
    }
}

/// What differs between two texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// The first byte that differs, in both.
    pub(crate) start: usize,
    /// Where they are the same again, in the old text.
    pub(crate) old_end: usize,
    /// The same in the new one.
    pub(crate) new_end: usize,
}

/// Comparing blocks is comparing memory, which is many times as fast as comparing bytes.
const BLOCK: usize = 64;

impl Difference {
    /// The smallest one that makes `new` of `old`.
    pub(crate) fn between(old: &str, new: &str) -> Self {
        let (old, new) = (old.as_bytes(), new.as_bytes());
        let start = common_start(old, new);
        let end = common_end(&old[start..], &new[start..]);
        Self {
            start,
            old_end: old.len() - end,
            new_end: new.len() - end,
        }
    }

    /// How what stands behind it moves.
    pub(crate) fn shift(self) -> Shift {
        Shift {
            from: self.old_end,
            to: self.new_end,
        }
    }
}

fn common_start(one: &[u8], other: &[u8]) -> usize {
    let blocks = one.chunks_exact(BLOCK).zip(other.chunks_exact(BLOCK));
    let same = blocks.take_while(|(one, other)| one == other).count() * BLOCK;
    let bytes = one[same..].iter().zip(&other[same..]);
    same + bytes.take_while(|(one, other)| one == other).count()
}

fn common_end(one: &[u8], other: &[u8]) -> usize {
    let blocks = one.rchunks_exact(BLOCK).zip(other.rchunks_exact(BLOCK));
    let same = blocks.take_while(|(one, other)| one == other).count() * BLOCK;
    let one = one[..one.len() - same].iter().rev();
    let other = other[..other.len() - same].iter().rev();
    let bytes = one.zip(other);
    same + bytes.take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_difference_is_all_that_differs(
            before in "[ab]{0,200}", old in "[ab]{0,3}", new in "[ab]{0,3}", after in "[ab]{0,200}",
        ) {
            let (old, new) = (format!("{before}{old}{after}"), format!("{before}{new}{after}"));
            let found = Difference::between(&old, &new);
            let mut made = old.clone();
            made.replace_range(found.start..found.old_end, &new[found.start..found.new_end]);
            prop_assert_eq!(&made, &new);
            prop_assert!(found.old_end - found.start <= 3 && found.new_end - found.start <= 3);
        }
    }
}
