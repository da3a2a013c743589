//! Dependencies that others imply.

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
const REACH: usize = 64;

impl Graph {
    /// The entries of the step's `depends_on` that others imply. The graph must have no cycle.
    pub(crate) fn implied(&self, step: usize) -> Vec<Implied> {
        let waits = &self.waits[step];
        if waits.len() < 2 {
            return Vec::new();
        }
        // A step leads only to such as have a lower number: below all that is waited for, nothing is found.
        let number = |node: usize| self.components.of[node];
        let lowest = waits.iter().map(|wait| number(wait.to)).min().unwrap_or(0);
        // Each node that was reached, and from which of those that are waited for.
        let mut reached: Vec<(usize, usize)> = Vec::new();
        let mut open: VecDeque<(usize, usize)> = waits.iter().map(|it| (it.to, it.to)).collect();
        while let Some((node, from)) = open.pop_front().filter(|_| reached.len() < REACH) {
            for wait in &self.waits[node] {
                let is_new = || reached.iter().all(|(node, _)| *node != wait.to);
                if number(wait.to) >= lowest && is_new() {
                    reached.push((wait.to, from));
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
                    1 => {
                        let found = reached.iter().find(|(it, _)| *it == node);
                        found.map(|(_, from)| *from)
                    }
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
