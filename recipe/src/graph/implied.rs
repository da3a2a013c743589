//! Dependencies that others imply.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet, VecDeque};

use super::{Graph, Why};
use crate::span::Span;

/// A dependency that changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Implied {
    /// Where it is written.
    pub(crate) span: Span,
    /// The step that it names.
    pub(crate) on: usize,
    /// What the step waits for as well, and what waits for `on`; `on` itself where that is named twice.
    pub(crate) by: usize,
}

/// How many steps are looked at from one: what is further away is not found, and nobody would see it.
const REACH: usize = 256;

impl Graph {
    /// The entries of the step's `depends_on` that others imply. The graph must have no cycle.
    pub(crate) fn implied(&self, step: usize) -> Vec<Implied> {
        let waits = &self.waits[step];
        if waits.len() < 2 {
            return Vec::new();
        }
        // From where each node was reached first. What is waited for directly is reached from elsewhere
        // only if that is implied.
        let mut reached: HashMap<usize, usize> = HashMap::new();
        let mut open: VecDeque<(usize, usize)> = waits.iter().map(|it| (it.to, it.to)).collect();
        let mut looked_at = 0;
        while let Some((node, from)) = open.pop_front().filter(|_| looked_at < REACH) {
            looked_at += 1;
            for wait in &self.waits[node] {
                if let Entry::Vacant(place) = reached.entry(wait.to) {
                    place.insert(from);
                    open.push_back((wait.to, from));
                }
            }
        }
        let written = waits
            .iter()
            .filter_map(|wait| Some((wait.to, wait.written?)));
        let depends = written.filter(|(_, (_, why))| *why == Why::Depends);
        let depends: Vec<(usize, Span)> = depends.map(|(node, (span, _))| (node, span)).collect();
        let mut named: HashMap<usize, usize> = HashMap::new();
        for (node, _) in &depends {
            *named.entry(*node).or_default() += 1;
        }
        let mut seen = HashSet::new();
        depends
            .into_iter()
            .filter_map(|(node, span)| {
                let by = match named[&node] {
                    1 => reached.get(&node).copied(),
                    _ => (!seen.insert(node)).then_some(node),
                }?;
                Some(Implied {
                    span,
                    on: self.owner[node],
                    by: self.owner[by],
                })
            })
            .collect()
    }
}
