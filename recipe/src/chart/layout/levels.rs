//! Which edge is whose business. An edge between two boxes of one group is that group's. One that
//! leaves a group is led to the group's border by the group, and from there on by what is around it.
//!
//! All edges of one source are one *net*: they share a line as far as they go the same way.

use std::collections::{BTreeSet, HashMap};

use super::Item;

/// The containers: one for each item (empty for those that are no groups) and, last, the whole.
#[derive(Debug)]
pub(super) struct Levels {
    pub(super) levels: Vec<Level>,
    /// The place of each item in the list of its level.
    pub(super) local: Vec<usize>,
    /// What becomes of each edge; `None` for one between a group and what is in it.
    pub(super) ways: Vec<Option<Way>>,
    /// The containers, those further in before those around them.
    order: Vec<usize>,
    /// The place of a net in the list of a level, by container and net.
    places: HashMap<(usize, usize), usize>,
}

/// One container.
#[derive(Debug, Default)]
pub(super) struct Level {
    /// What stands directly in it, what must be done first before what waits.
    pub(super) items: Vec<usize>,
    pub(super) nets: Vec<Net>,
}

/// Lines from one source within one container. Items are places in the list of the level.
#[derive(Debug)]
pub(super) struct Net {
    pub(super) id: usize,
    /// Where it comes from; the upper border if `None`.
    pub(super) from: Option<usize>,
    pub(super) to: Vec<usize>,
    /// Whether it goes to the lower border as well.
    pub(super) leaves: bool,
}

/// How an edge goes.
#[derive(Clone, Debug)]
pub(super) struct Way {
    pub(super) upper: usize,
    pub(super) lower: usize,
    /// The innermost container that holds both.
    pub(super) meet: usize,
    pub(super) net: usize,
    pub(super) is_back: bool,
    /// The items of `meet` that are or hold the ends.
    lifted: (usize, usize),
}

impl Levels {
    pub(super) fn of(items: &[Item], edges: &[(usize, usize)]) -> Self {
        let root = items.len();
        let depth = depths(items);
        let mut order: Vec<usize> = (0..items.len()).filter(|it| items[*it].is_group).collect();
        order.sort_by_key(|item| std::cmp::Reverse(depth[*item]));
        order.push(root);
        let mut levels = Self {
            levels: (0..=root).map(|_| Level::default()).collect(),
            local: vec![0; items.len()],
            ways: edges
                .iter()
                .map(|(from, to)| meeting(items, &depth, *from, *to))
                .collect(),
            order,
            places: HashMap::new(),
        };
        for (item, it) in items.iter().enumerate() {
            levels.levels[it.parent.unwrap_or(root)].items.push(item);
        }
        levels.sort();
        levels.number_nets();
        for way in levels.ways.clone().iter().flatten() {
            levels.add(items, way);
        }
        levels
    }

    /// The containers, those further in before those around them.
    pub(super) fn innermost_first(&self) -> impl DoubleEndedIterator<Item = usize> + use<> {
        self.order.clone().into_iter()
    }

    /// The place of a net in the list of a container.
    pub(super) fn net(&self, container: usize, net: usize) -> Option<usize> {
        self.places.get(&(container, net)).copied()
    }

    /// Sorts the items of each level by who must be done first, and turns edges round that disagree.
    fn sort(&mut self) {
        let mut edges: Vec<Vec<(usize, usize)>> = vec![Vec::new(); self.levels.len()];
        for way in self.ways.iter().flatten() {
            edges[way.meet].push(way.lifted);
        }
        for (level, edges) in self.levels.iter_mut().zip(edges) {
            level.items = sorted(&level.items, &edges);
            for (place, item) in level.items.iter().enumerate() {
                self.local[*item] = place;
            }
        }
        for way in self.ways.iter_mut().flatten() {
            let (from, to) = way.lifted;
            if self.local[from] > self.local[to] {
                way.is_back = true;
                way.lifted = (to, from);
                std::mem::swap(&mut way.upper, &mut way.lower);
            }
        }
    }

    fn number_nets(&mut self) {
        let mut numbers = HashMap::new();
        for (edge, way) in self.ways.iter_mut().enumerate() {
            if let Some(way) = way {
                // What goes against the others' direction shares no line with them.
                let key = (way.upper, way.is_back.then_some(edge));
                let next = numbers.len();
                way.net = *numbers.entry(key).or_insert(next);
            }
        }
    }

    fn add(&mut self, items: &[Item], way: &Way) {
        let root = items.len();
        let parent = |item: usize| items[item].parent.unwrap_or(root);
        let mut item = way.upper;
        while item != way.lifted.0 {
            let from = Some(self.local[item]);
            item = parent(item);
            self.net_of(item, way.net, from).leaves = true;
        }
        let (from, to) = (self.local[way.lifted.0], self.local[way.lifted.1]);
        push_new(&mut self.net_of(way.meet, way.net, Some(from)).to, to);
        let mut item = way.lower;
        while item != way.lifted.1 {
            let to = self.local[item];
            item = parent(item);
            push_new(&mut self.net_of(item, way.net, None).to, to);
        }
    }

    fn net_of(&mut self, container: usize, id: usize, from: Option<usize>) -> &mut Net {
        let nets = &mut self.levels[container].nets;
        let place = *self.places.entry((container, id)).or_insert(nets.len());
        if place == nets.len() {
            nets.push(Net {
                id,
                from,
                to: Vec::new(),
                leaves: false,
            });
        }
        &mut nets[place]
    }
}

fn push_new(to: &mut Vec<usize>, item: usize) {
    if !to.contains(&item) {
        to.push(item);
    }
}

fn depths(items: &[Item]) -> Vec<usize> {
    let around = |item: usize| {
        std::iter::successors(items[item].parent, |parent| items[*parent].parent).count()
    };
    (0..items.len()).map(around).collect()
}

/// Where the groups around two items meet.
fn meeting(items: &[Item], depth: &[usize], from: usize, to: usize) -> Option<Way> {
    let (mut one, mut other) = (from, to);
    while depth[one] > depth[other] {
        one = items[one].parent?;
    }
    while depth[other] > depth[one] {
        other = items[other].parent?;
    }
    if one == other {
        return None;
    }
    while items[one].parent != items[other].parent {
        (one, other) = (items[one].parent?, items[other].parent?);
    }
    Some(Way {
        upper: from,
        lower: to,
        meet: items[one].parent.unwrap_or(items.len()),
        net: 0,
        is_back: false,
        lifted: (one, other),
    })
}

/// `items` so that edges go from earlier to later ones, in their own order where the edges leave it
/// open. Where all that is left waits for one another, the first goes first.
fn sorted(items: &[usize], edges: &[(usize, usize)]) -> Vec<usize> {
    let place: HashMap<usize, usize> = items.iter().copied().zip(0..).collect();
    let mut needed_by = vec![Vec::new(); items.len()];
    let mut waits_for = vec![0; items.len()];
    for (from, to) in edges {
        needed_by[place[from]].push(place[to]);
        waits_for[place[to]] += 1;
    }
    let mut left: BTreeSet<usize> = (0..items.len()).collect();
    let mut free: BTreeSet<usize> = (0..items.len()).filter(|it| waits_for[*it] == 0).collect();
    let mut sorted = Vec::with_capacity(items.len());
    while let Some(next) = free.pop_first().or_else(|| left.first().copied()) {
        left.remove(&next);
        sorted.push(items[next]);
        for later in &needed_by[next] {
            waits_for[*later] -= 1;
            if waits_for[*later] == 0 && left.contains(later) {
                free.insert(*later);
            }
        }
    }
    sorted
}
