//! The automaton that finds all needles in one pass, and how much of the text it has in mind.

use std::collections::HashMap;

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::{Anchored, BuildError, MatchKind, dfa::DFA, nfa::contiguous::NFA};

use super::needles::Needles;

/// Up to this many bytes of needles, the dense automaton is taken: it is the faster one, but needs
/// about half a kilobyte for each of them.
const DENSE: usize = 64 * 1024;

/// An automaton, and the number of bytes that each of its states stands for.
pub(super) struct Searcher<A> {
    automaton: A,
    start: StateID,
    depth: HashMap<StateID, usize>,
    /// Patterns from this number on are words.
    long: usize,
}

/// The automaton for a set of needles.
#[derive(Default)]
pub(super) enum Automata {
    /// There is nothing to look for.
    #[default]
    Idle,
    /// For the usual handful of tokens.
    Dense(Searcher<DFA>),
    /// For private keys and the like.
    Compact(Searcher<NFA>),
    /// The needles are beyond what an automaton can hold (gigabytes): everything must be masked.
    Blind,
}

impl Automata {
    pub(super) fn new(needles: &Needles) -> Self {
        let size: usize = needles.long().chain(needles.words()).map(<[u8]>::len).sum();
        if size == 0 {
            return Self::Idle;
        }
        let searcher = match size <= DENSE {
            true => dense(needles).map(Self::Dense),
            false => compact(needles).map(Self::Compact),
        };
        searcher.unwrap_or(Self::Blind)
    }
}

fn dense(needles: &Needles) -> Result<Searcher<DFA>, BuildError> {
    let all = needles.long().chain(needles.words());
    DFA::builder()
        .match_kind(MatchKind::Standard)
        .prefilter(false)
        .build(all)
        .map(|dfa| Searcher::new(dfa, needles))
}

fn compact(needles: &Needles) -> Result<Searcher<NFA>, BuildError> {
    let all = needles.long().chain(needles.words());
    NFA::builder()
        .match_kind(MatchKind::Standard)
        .prefilter(false)
        .build(all)
        .map(|nfa| Searcher::new(nfa, needles))
}

/// A match that ends where the automaton stands.
pub(super) struct Match {
    pub(super) length: usize,
    /// Only a match if no letter or digit stands next to it.
    pub(super) is_word: bool,
}

impl<A: Automaton> Searcher<A> {
    fn new(automaton: A, needles: &Needles) -> Self {
        let start = automaton
            .start_state(Anchored::No)
            .expect("both builders support unanchored searches unless told otherwise");
        let mut depth = HashMap::new();
        for needle in needles.long().chain(needles.words()) {
            let mut state = start;
            for (index, byte) in needle.iter().enumerate() {
                state = automaton.next_state(Anchored::No, state, *byte);
                depth.insert(state, index + 1);
            }
        }
        Self {
            automaton,
            start,
            depth,
            long: needles.long().len(),
        }
    }

    pub(super) fn start(&self) -> StateID {
        self.start
    }

    #[inline]
    pub(super) fn next(&self, state: StateID, byte: u8) -> StateID {
        self.automaton.next_state(Anchored::No, state, byte)
    }

    /// Whether needles end in this state: see [`Searcher::matches`].
    #[inline]
    pub(super) fn is_match(&self, state: StateID) -> bool {
        self.automaton.is_special(state) && self.automaton.is_match(state)
    }

    pub(super) fn matches(&self, state: StateID) -> impl Iterator<Item = Match> {
        (0..self.automaton.match_len(state)).map(move |index| {
            let pattern = self.automaton.match_pattern(state, index);
            Match {
                length: self.automaton.pattern_len(pattern),
                is_word: pattern.as_usize() >= self.long,
            }
        })
    }

    /// How many of the last bytes can be the start of a needle, or are one.
    pub(super) fn depth(&self, state: StateID) -> usize {
        self.depth.get(&state).copied().unwrap_or(0)
    }
}
