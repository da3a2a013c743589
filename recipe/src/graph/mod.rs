//! Who waits for whom: `depends_on` plus groups, as section 6 of the language page says.
//!
//! A step is one node, a group two: its start, for which its members wait, and its end, which waits
//! for its members. Whoever depends on a group waits for its end.
//!
//! * [`Graph::edges`]: what is written;
//! * [`Graph::cycles`]: steps that wait for themselves;
//! * [`Graph::path_to`]: the longest way to a step;
//! * [`Graph::waits`]: whether one step waits for another, for many pairs in one sweep;
//! * [`Graph::implied`]: dependencies that others imply;
//! * [`Graph::waiting_for`]: all that wait for one step, for completion.

mod components;
mod implied;

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

pub(crate) use components::Components;

use crate::model::Recipe;
use crate::names::Names;
use crate::span::Span;

/// The steps of a recipe and what each waits for.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    steps: usize,
    /// The step that each node belongs to.
    owner: Vec<usize>,
    /// The node at which each step is done.
    end: Vec<usize>,
    waits: Vec<Vec<Wait>>,
    components: Components,
}

/// Why one step waits for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its `depends_on` names it.
    Depends,
    /// It starts when the group that it is a member of starts.
    Member,
    /// It is a group, which is done when its member is.
    Group,
    /// It stands after it in a sequential group.
    Order,
}

/// A step that waits for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The index of the step that waits.
    pub step: usize,
    /// The index of the step that it waits for.
    pub on: usize,
    /// Where that is written.
    pub span: Span,
    /// Why.
    pub why: Why,
    /// Whether what it waits for waits for it as well.
    pub in_cycle: bool,
}

#[derive(Clone, Copy, Debug)]
struct Wait {
    to: usize,
    /// Where it is written, and why. A group's end waits for its start without a word.
    written: Option<(Span, Why)>,
}

impl Graph {
    /// The graph of `recipe`. Names that no step has are left out.
    pub fn of(recipe: &Recipe, names: &Names) -> Self {
        let steps = recipe.steps.len();
        let mut graph = Self {
            steps,
            owner: (0..steps).collect(),
            end: (0..steps).collect(),
            waits: vec![Vec::new(); steps],
            components: Components::default(),
        };
        let groups: Vec<usize> = (0..steps).filter(|step| is_group(recipe, *step)).collect();
        for group in &groups {
            graph.end[*group] = graph.owner.len();
            graph.owner.push(*group);
            graph.waits.push(vec![Wait {
                to: *group,
                written: None,
            }]);
        }
        for (index, step) in recipe.steps.iter().enumerate() {
            for id in step.fields.names("depends_on") {
                if let Some(on) = names.step_index(&id.value) {
                    graph.add(index, graph.end[on], id.span, Why::Depends);
                }
            }
        }
        for group in groups {
            graph.add_group(recipe, names, group);
        }
        let waits = &graph.waits;
        graph.components = Components::of(waits.len(), |node, n| Some(waits[node].get(n)?.to));
        graph
    }

    /// Every wait that is written, step by step.
    pub fn edges(&self) -> impl Iterator<Item = Edge> + '_ {
        let nodes = self.waits.iter().enumerate();
        let all = nodes.flat_map(|(node, waits)| waits.iter().map(move |wait| (node, *wait)));
        all.filter_map(|(node, wait)| self.edge(node, wait))
    }

    /// A shortest cycle of each knot of steps that wait for one another, as the edges that close it,
    /// starting with the one that is written first.
    pub fn cycles(&self) -> Vec<Vec<Edge>> {
        let knots = self.components.groups().filter(|it| self.is_knot(it));
        // Groups in one another are a knot of starts and one of ends, which say the same.
        let mut seen = HashSet::new();
        let knots = knots.filter(|knot| {
            let owners: BTreeSet<usize> = knot.iter().map(|node| self.owner[*node]).collect();
            seen.insert(owners)
        });
        let mut cycles: Vec<Vec<Edge>> = knots.map(|knot| self.shortest_cycle(knot)).collect();
        cycles.sort_by_key(|cycle| cycle.first().map(|edge| edge.span));
        cycles
    }

    /// The steps that `step` depends on, as it names them.
    pub fn dependencies(&self, step: usize) -> impl Iterator<Item = usize> + '_ {
        let depends = |wait: &&Wait| wait.written.is_some_and(|(_, why)| why == Why::Depends);
        let waits = self.waits.get(step).into_iter().flatten();
        waits.filter(depends).map(|wait| self.owner[wait.to])
    }

    /// The longest path of dependencies that ends with `step`, the first step first. Steps that wait for one
    /// another are on it once at most.
    pub fn path_to(&self, step: usize) -> Vec<usize> {
        let depths = self.depths();
        let mut path = vec![step];
        let mut last = step;
        loop {
            let before = self
                .dependencies(last)
                .filter(|it| depths[*it] < depths[last]);
            // The first of several.
            match before.min_by_key(|it| std::cmp::Reverse(depths[*it])) {
                Some(before) => path.push(before),
                None => break,
            }
            last = path[path.len() - 1];
        }
        path.reverse();
        path
    }

    /// For each step, how many steps are on the longest path before it.
    fn depths(&self) -> Vec<usize> {
        let component = |step: usize| self.components.of[step];
        let mut depths = vec![0; self.steps];
        // What a step waits for comes before it.
        for step in self.components.order.iter().filter(|it| **it < self.steps) {
            let before = self.dependencies(*step);
            let before = before.filter(|it| component(*it) != component(*step));
            depths[*step] = before.map(|it| depths[it] + 1).max().unwrap_or(0);
        }
        depths
    }

    /// For each pair, whether the first step waits for the second to be done, directly or not.
    pub fn waits(&self, pairs: &[(usize, usize)]) -> Vec<bool> {
        let mut targets: Vec<usize> = pairs.iter().map(|(_, on)| *on).collect();
        targets.sort_unstable();
        targets.dedup();
        let place = |on| targets.partition_point(|target| *target < on);
        let questions: Vec<(usize, usize)> =
            pairs.iter().map(|(step, on)| (*step, place(*on))).collect();
        let sets: Vec<Vec<usize>> = targets.iter().map(|target| vec![*target]).collect();
        self.waits_for_any(&sets, &questions)
    }

    /// For each question, a step and the index of a set of steps, whether the step waits for one of the
    /// set to be done, directly or not.
    pub fn waits_for_any(&self, sets: &[Vec<usize>], questions: &[(usize, usize)]) -> Vec<bool> {
        let ends = |set: usize| sets[set].iter().map(|step| self.end[*step]);
        // Most wait without a detour, which takes no sweep.
        let directly = |(step, set): &(usize, usize)| {
            let mut waits = self.waits[*step].iter();
            waits.any(|wait| ends(*set).any(|end| end == wait.to))
        };
        let mut answers: Vec<bool> = questions.iter().map(directly).collect();
        let unanswered = questions
            .iter()
            .zip(&answers)
            .filter(|(_, answer)| !**answer);
        let mut open: Vec<usize> = unanswered.map(|((_, set), _)| *set).collect();
        open.sort_unstable();
        open.dedup();
        // The nodes that lead to 64 sets are found in one sweep, a bit for each.
        for open in open.chunks(64) {
            let bits = open.iter().zip(0u32..);
            let reached =
                self.reach(bits.flat_map(|(set, bit)| ends(*set).map(move |end| (end, bit))));
            for (answer, (step, set)) in answers.iter_mut().zip(questions) {
                if let Ok(bit) = open.binary_search(set) {
                    let leads = self.waits[*step]
                        .iter()
                        .fold(0, |all, wait| all | reached[wait.to]);
                    *answer |= leads & (1 << bit) != 0;
                }
            }
        }
        answers
    }

    /// For each step, whether it waits for `step` to start: it must not be what `step` depends on.
    /// A step counts as waiting for itself.
    pub fn waiting_for(&self, step: usize) -> Vec<bool> {
        let reached = self.reach([(step, 0)]);
        (0..self.steps)
            .map(|other| reached[self.end[other]] != 0)
            .collect()
    }

    /// For each step, whether `step` waits for it to be done.
    pub fn waited_for(&self, step: usize) -> Vec<bool> {
        let mut reached = vec![false; self.waits.len()];
        let mut open = vec![step];
        while let Some(node) = open.pop() {
            for wait in &self.waits[node] {
                if !std::mem::replace(&mut reached[wait.to], true) {
                    open.push(wait.to);
                }
            }
        }
        self.end.iter().map(|end| reached[*end]).collect()
    }

    /// Whether none of `steps` waits for one that comes after it among them to start.
    pub fn keeps_order(&self, steps: &[usize]) -> bool {
        let component = |node: usize| self.components.of[node];
        // For each component, the last of the steps that it leads to, or holds, counted from 1.
        let mut last = vec![0; self.waits.len()];
        for (step, place) in steps.iter().zip(1..) {
            last[component(*step)] = place;
        }
        for node in &self.components.order {
            for wait in &self.waits[*node] {
                let further = last[component(wait.to)];
                let own = &mut last[component(*node)];
                *own = further.max(*own);
            }
        }
        let mut places = steps.iter().zip(1..);
        places.all(|(step, place)| last[component(self.end[*step])] <= place)
    }

    /// For each node, the bits of the nodes that it leads to, or is.
    fn reach(&self, bits: impl IntoIterator<Item = (usize, u32)>) -> Vec<u64> {
        let mut of_component = vec![0u64; self.waits.len()];
        for (node, bit) in bits {
            of_component[self.components.of[node]] |= 1 << bit;
        }
        for node in &self.components.order {
            let component = self.components.of[*node];
            for wait in &self.waits[*node] {
                of_component[component] |= of_component[self.components.of[wait.to]];
            }
        }
        self.components
            .of
            .iter()
            .map(|component| of_component[*component])
            .collect()
    }

    fn add(&mut self, from: usize, to: usize, span: Span, why: Why) {
        self.waits[from].push(Wait {
            to,
            written: Some((span, why)),
        });
    }

    fn add_group(&mut self, recipe: &Recipe, names: &Names, group: usize) {
        let Some(operation) = recipe.steps[group].operation() else {
            return;
        };
        let sequential = operation
            .fields
            .name("mode")
            .is_none_or(|mode| mode.value == "sequential");
        let mut before = None;
        for id in operation.fields.names("steps") {
            let Some(member) = names.step_index(&id.value) else {
                continue;
            };
            if member != group {
                self.add(member, group, id.span, Why::Member);
            }
            self.add(self.end[group], self.end[member], id.span, Why::Group);
            if let Some(before) = before
                .replace(member)
                .filter(|it| sequential && *it != member)
            {
                self.add(member, self.end[before], id.span, Why::Order);
            }
        }
    }

    fn is_knot(&self, group: &[usize]) -> bool {
        group.len() > 1 || self.waits[group[0]].iter().any(|wait| wait.to == group[0])
    }

    /// A shortest way from the earliest written edge of a knot back to where it starts.
    fn shortest_cycle(&self, knot: &[usize]) -> Vec<Edge> {
        let component = self.components.of[knot[0]];
        let inside = |wait: &&Wait| self.components.of[wait.to] == component;
        let written = knot.iter().flat_map(|node| {
            let waits = self.waits[*node].iter().filter(inside);
            waits.filter_map(move |wait| Some((wait.written?.0, *node, *wait)))
        });
        let Some((_, start, first)) = written.min_by_key(|(span, node, _)| (*span, *node)) else {
            return Vec::new();
        };
        // Breadth first; each node remembers the node and the wait by which it was reached.
        let mut reached: HashMap<usize, (usize, Wait)> = [(first.to, (start, first))].into();
        let mut queue = VecDeque::from([first.to]);
        while let Some(node) = queue.pop_front().filter(|node| *node != start) {
            for wait in self.waits[node].iter().filter(inside) {
                if let Entry::Vacant(place) = reached.entry(wait.to) {
                    place.insert((node, *wait));
                    queue.push_back(wait.to);
                }
            }
        }
        let mut edges = Vec::new();
        let mut node = start;
        while let Some((from, wait)) = reached.get(&node) {
            edges.extend(self.edge(*from, *wait));
            node = *from;
            if node == start {
                break;
            }
        }
        edges.reverse();
        edges
    }

    fn edge(&self, from: usize, wait: Wait) -> Option<Edge> {
        let (span, why) = wait.written?;
        let (step, on) = (self.owner[from], self.owner[wait.to]);
        Some(Edge {
            step,
            on,
            span,
            why,
            in_cycle: self.components.of[from] == self.components.of[wait.to],
        })
    }
}

fn is_group(recipe: &Recipe, step: usize) -> bool {
    recipe.steps[step]
        .operation()
        .is_some_and(|operation| operation.spec.name == "group")
}
