//! One stream on its way through the mask.
//!
//! Held back are exactly the bytes that can be the start of a value: as many as the automaton's
//! state stands for. A prompt without a newline therefore appears at once. A finished match is
//! replaced at once too; should a later match overlap it, the rest is swallowed.

use std::sync::Arc;

use aho_corasick::automaton::{Automaton, StateID};
use zeroize::Zeroize;

use super::automata::{Automata, Searcher};
use super::needles::is_word;
use super::{MASK, Masker};

/// Masks one stream, chunk by chunk: [`MaskStream::push`] until it ends, then
/// [`MaskStream::finish`].
pub struct MaskStream {
    masker: Masker,
    automata: Arc<Automata>,
    /// Where the automaton stands; `None` before the first byte.
    state: Option<StateID>,
    /// The bytes that the automaton has in mind, and those that were not let through yet.
    buffer: Vec<u8>,
    /// Up to here, the buffer was let through or masked.
    done: usize,
    /// The byte before the buffer.
    before: Option<u8>,
    /// What is to be masked, sorted, neither overlapping nor touching.
    ranges: Vec<(usize, usize)>,
    /// A short value that ends with the buffer, a word if no letter or digit follows.
    word: Option<usize>,
    /// The last thing that came out is a mask.
    after_mask: bool,
    has_masked: bool,
}

impl MaskStream {
    pub(super) fn new(masker: Masker) -> Self {
        Self {
            automata: masker.automata(),
            masker,
            state: None,
            buffer: Vec::new(),
            done: 0,
            before: None,
            ranges: Vec::new(),
            word: None,
            after_mask: false,
            has_masked: false,
        }
    }

    /// Takes the next bytes and returns what can be shown by now.
    pub fn push(&mut self, chunk: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(chunk.len());
        self.take_up_new_values(&mut out);
        let from = self.buffer.len();
        self.buffer.extend_from_slice(chunk);
        self.scan(from, &mut out);
        out
    }

    /// Ends the stream: returns what was still held. The stream can be used again.
    pub fn finish(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        self.take_up_new_values(&mut out);
        if let Some(start) = self.word.take() {
            self.cover(start, self.buffer.len());
        }
        self.release(self.buffer.len(), &mut out);
        self.buffer.clear();
        (self.state, self.done, self.before, self.after_mask) = (None, 0, None, false);
        out
    }

    /// Whether anything was masked so far.
    pub(super) fn has_masked(&self) -> bool {
        self.has_masked
    }

    /// How many bytes are held back.
    pub(crate) fn held(&self) -> usize {
        self.buffer.len() - self.done
    }

    /// Looks through the held bytes again if the masker has learnt something since.
    fn take_up_new_values(&mut self, out: &mut Vec<u8>) {
        let automata = self.masker.automata();
        if !Arc::ptr_eq(&automata, &self.automata) {
            self.automata = automata;
            (self.state, self.word) = (None, None);
            self.ranges.clear();
            self.scan(0, out);
        }
    }

    /// Looks for needles from a place in the buffer on and lets through what is settled.
    fn scan(&mut self, from: usize, out: &mut Vec<u8>) {
        let held = match &*Arc::clone(&self.automata) {
            Automata::Idle => 0,
            Automata::Dense(searcher) => self.search(searcher, from),
            Automata::Compact(searcher) => self.search(searcher, from),
            Automata::Blind => {
                self.cover(0, self.buffer.len());
                0
            }
        };
        self.release(self.buffer.len() - held, out);
        self.forget(held);
    }

    /// Runs the automaton and returns how many of the last bytes it has in mind.
    fn search<A: Automaton>(&mut self, searcher: &Searcher<A>, from: usize) -> usize {
        let mut state = self.state.unwrap_or(searcher.start());
        for at in from..self.buffer.len() {
            let byte = self.buffer[at];
            if let Some(start) = self.word.take()
                && !is_word(byte)
            {
                self.cover(start, at);
            }
            state = searcher.next(state, byte);
            if searcher.is_match(state) {
                self.note(searcher, state, at + 1);
            }
        }
        self.state = Some(state);
        searcher.depth(state)
    }

    /// Notes the matches that end at a place.
    #[cold]
    fn note<A: Automaton>(&mut self, searcher: &Searcher<A>, state: StateID, end: usize) {
        for found in searcher.matches(state) {
            let start = end - found.length;
            if !found.is_word {
                self.cover(start, end);
            } else if !self.byte_before(start).is_some_and(is_word) {
                self.word = Some(self.word.map_or(start, |other| other.min(start)));
            }
        }
    }

    fn byte_before(&self, at: usize) -> Option<u8> {
        match at.checked_sub(1) {
            Some(before) => Some(self.buffer[before]),
            None => self.before,
        }
    }

    /// Marks a range that ends behind all others as one to mask.
    fn cover(&mut self, mut start: usize, end: usize) {
        while let Some((earlier, _)) = self.ranges.pop_if(|(_, end)| *end >= start) {
            start = start.min(earlier);
        }
        self.ranges.push((start, end));
    }

    /// Lets everything through that starts before `safe`, and matches that start there: a later match
    /// cannot begin before that place.
    fn release(&mut self, safe: usize, out: &mut Vec<u8>) {
        let settled = self.ranges.partition_point(|(start, _)| *start <= safe);
        for (start, end) in self.ranges.drain(..settled) {
            if end <= self.done {
                continue;
            }
            if start > self.done || !self.after_mask {
                out.extend_from_slice(&self.buffer[self.done..start]);
                out.extend_from_slice(MASK.as_bytes());
            }
            (self.done, self.after_mask, self.has_masked) = (end, true, true);
        }
        if safe > self.done {
            out.extend_from_slice(&self.buffer[self.done..safe]);
            (self.done, self.after_mask) = (safe, false);
        }
    }

    /// Drops what is done and what the automaton has not in mind.
    fn forget(&mut self, held: usize) {
        let unneeded = self.done.min(self.buffer.len() - held);
        if unneeded == 0 {
            return;
        }
        self.before = Some(self.buffer[unneeded - 1]);
        self.buffer[..unneeded].zeroize();
        self.buffer.drain(..unneeded);
        self.done -= unneeded;
        self.word = self.word.map(|start| start - unneeded);
        for (start, end) in &mut self.ranges {
            (*start, *end) = (*start - unneeded, *end - unneeded);
        }
    }
}

impl Drop for MaskStream {
    fn drop(&mut self) {
        self.buffer.zeroize();
    }
}
