//! Masking: no known value leaves a stream, whole or in one of the forms in which tools print it.
//!
//! A [`Masker`] knows the values of a run and is shared by everything that shows or stores output.
//! Each stream (standard output and standard error separately) gets its own [`MaskStream`], so that
//! the borders of chunks do not matter. What matches is replaced by [`MASK`]; matches that overlap
//! or touch become one. The forms are in `needles.rs`.
//!
//! It is a net, not a boundary: a value that a program takes apart, compresses or encodes together with
//! other text over several lines passes. Colours inside a value are seen through where text is made of the bytes
//! (`execute/colour.rs`).

mod automata;
mod needles;
mod stream;

use std::sync::{Arc, PoisonError, RwLock};

use crate::secrets::Secret;
use automata::Automata;
use needles::Needles;

pub use stream::MaskStream;

/// What stands in the place of a value. Three asterisks is what other runners show.
pub const MASK: &str = "***";

/// The shortest value that can be masked, in bytes. Anything shorter would blank out half of every
/// log, so such values are refused where they are stored and where they are read.
pub const SHORTEST_MASKED: usize = 4;

/// The values that must not be shown, shared: clones know what is added to any of them.
#[derive(Clone, Default)]
pub struct Masker(Arc<RwLock<Known>>);

#[derive(Default)]
struct Known {
    needles: Needles,
    automata: Arc<Automata>,
}

impl Masker {
    /// Knows these values.
    pub fn new<'a>(values: impl IntoIterator<Item = &'a Secret>) -> Self {
        let masker = Self::default();
        masker.add(values);
        masker
    }

    /// Learns more values; add several at once where that is possible, since each call rebuilds the
    /// automaton (some milliseconds for a hundred values).
    ///
    /// Streams that are under way take them up with their next chunk and look through the bytes that
    /// they still hold again. What has been let through before stays: add a value before anything
    /// can print it. Values below [`SHORTEST_MASKED`] bytes are not masked.
    pub fn add<'a>(&self, values: impl IntoIterator<Item = &'a Secret>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut learnt = false;
        for value in values {
            learnt |= known.needles.add(value.expose());
        }
        if learnt {
            known.automata = Arc::new(Automata::new(&known.needles));
        }
    }

    /// Starts to mask a stream.
    pub fn stream(&self) -> MaskStream {
        MaskStream::new(self.clone())
    }

    /// Masks a whole text, such as an error message.
    pub fn mask(&self, text: &str) -> String {
        let mut stream = self.stream();
        let mut masked = stream.push(text.as_bytes());
        masked.extend(stream.finish());
        String::from_utf8(masked)
            .unwrap_or_else(|torn| String::from_utf8_lossy(torn.as_bytes()).into_owned())
    }

    /// Whether any known value stands in these bytes, in any form.
    pub fn reveals(&self, bytes: &[u8]) -> bool {
        let mut stream = self.stream();
        stream.push(bytes);
        stream.finish();
        stream.has_masked()
    }

    fn automata(&self) -> Arc<Automata> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&known.automata)
    }
}

impl std::fmt::Debug for Masker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Masker(..)")
    }
}

#[cfg(test)]
mod tests;
