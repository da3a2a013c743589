//! Strongly connected components, without recursion: chains of 100,000 steps are no danger.

/// Which nodes of a directed graph reach each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Components {
    /// The component of each node. A component's number is larger than those of all components that
    /// its nodes lead to.
    pub(crate) of: Vec<usize>,
    /// The nodes in the order of their components, so that what a node leads to comes before it.
    pub(crate) order: Vec<usize>,
}

impl Components {
    /// The components of a graph of `nodes` nodes, where `successor(node, n)` is the n-th node that
    /// `node` leads to. Tarjan's algorithm, linear in nodes and edges.
    pub(crate) fn of(nodes: usize, successor: impl Fn(usize, usize) -> Option<usize>) -> Self {
        let mut search = Search {
            index: vec![UNSEEN; nodes],
            low: vec![0; nodes],
            found: Self {
                of: vec![UNSEEN; nodes],
                order: Vec::with_capacity(nodes),
            },
            open: Vec::new(),
            seen: 0,
            components: 0,
        };
        for root in 0..nodes {
            if search.index[root] == UNSEEN {
                search.visit(root, &successor);
            }
        }
        search.found
    }

    /// The nodes of each component, in the order of the components.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &[usize]> {
        self.order
            .chunk_by(|left, right| self.of[*left] == self.of[*right])
    }
}

const UNSEEN: usize = usize::MAX;

struct Search {
    /// When each node was first seen.
    index: Vec<usize>,
    /// The earliest node that each is known to reach.
    low: Vec<usize>,
    found: Components,
    /// Nodes that have no component yet.
    open: Vec<usize>,
    seen: usize,
    components: usize,
}

impl Search {
    fn visit(&mut self, root: usize, successor: &impl Fn(usize, usize) -> Option<usize>) {
        self.enter(root);
        let mut path = vec![(root, 0)];
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            let Some(to) = successor(node, *next) else {
                path.pop();
                if let Some((parent, _)) = path.last() {
                    self.low[*parent] = self.low[*parent].min(self.low[node]);
                }
                self.close(node);
                continue;
            };
            *next += 1;
            if self.index[to] == UNSEEN {
                self.enter(to);
                path.push((to, 0));
            } else if self.found.of[to] == UNSEEN {
                self.low[node] = self.low[node].min(self.index[to]);
            }
        }
    }

    fn enter(&mut self, node: usize) {
        self.index[node] = self.seen;
        self.low[node] = self.seen;
        self.seen += 1;
        self.open.push(node);
    }

    /// Makes a component of `node` and what was seen after it, if it reaches nothing earlier.
    fn close(&mut self, node: usize) {
        if self.low[node] != self.index[node] {
            return;
        }
        while let Some(member) = self.open.pop() {
            self.found.of[member] = self.components;
            self.found.order.push(member);
            if member == node {
                break;
            }
        }
        self.components += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn components(edges: &[&[usize]]) -> Vec<Vec<usize>> {
        let found = Components::of(edges.len(), |node, n| edges[node].get(n).copied());
        let sorted = |group: &[usize]| {
            let mut group = group.to_vec();
            group.sort_unstable();
            group
        };
        found.groups().map(sorted).collect()
    }

    #[test]
    fn what_a_node_leads_to_comes_first() {
        assert_eq!(components(&[&[1], &[2], &[]]), [[2], [1], [0]]);
        assert_eq!(components(&[&[1], &[0, 2], &[2]]), [vec![2], vec![0, 1]]);
        assert_eq!(
            components(&[&[1, 3], &[2], &[1], &[1]]),
            [vec![1, 2], vec![3], vec![0]]
        );
    }

    #[test]
    fn a_very_long_chain_does_not_overflow_the_stack() {
        let nodes = 1_000_000;
        let found = Components::of(nodes, |node, n| {
            (n == 0 && node + 1 < nodes).then_some(node + 1)
        });
        assert_eq!(found.order.first(), Some(&(nodes - 1)));
    }
}
