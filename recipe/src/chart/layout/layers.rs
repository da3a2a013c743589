//! One container as a layered graph: its boxes spread over layers, its nets led from layer to layer.

use super::levels::{Level, Net};

/// Space between two boxes of one layer.
const BETWEEN_BOXES: f64 = 24.0;
/// Space between a line and a box or another line.
const BESIDE_A_LINE: f64 = 14.0;

/// How many places of bends a container may have. Beyond, the longest lines go straight, behind the
/// boxes: nobody could follow them anyway, and a hostile recipe could ask for millions.
const MAX_BENDS: usize = 60_000;

/// A layered graph. Its first vertices are the items of the level, in order.
#[derive(Debug, Default)]
pub(super) struct Layered {
    /// The layer, width and height of each vertex.
    pub(super) layer: Vec<usize>,
    pub(super) width: Vec<f64>,
    pub(super) height: Vec<f64>,
    /// How many of the vertices are items.
    pub(super) items: usize,
    /// The vertex of the title, which stays first in the first layer.
    pub(super) title: Option<usize>,
    /// The vertices of each layer, from left to right.
    pub(super) layers: Vec<Vec<usize>>,
    /// The lines between one layer and the next.
    pub(super) links: Vec<Link>,
    /// For each net, the vertices that lead it through the layers, from top to bottom.
    pub(super) chains: Vec<Vec<usize>>,
    /// For each vertex, its links up and down.
    pub(super) up: Vec<Vec<usize>>,
    pub(super) down: Vec<Vec<usize>>,
}

/// A line from one layer to the next, with where it leaves and enters the vertices, from their middles.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) upper: usize,
    pub(super) lower: usize,
    pub(super) exit: f64,
    pub(super) entry: f64,
}

impl Layered {
    /// The graph of `level`, whose items have `sizes`. `port` says where a net leaves or enters an item.
    pub(super) fn of(
        level: &Level,
        sizes: &[(f64, f64)],
        title: Option<(f64, f64)>,
        port: impl Fn(usize, usize, bool) -> f64,
    ) -> Self {
        let mut graph = Self {
            items: sizes.len(),
            ..Self::default()
        };
        let first = usize::from(title.is_some());
        for (layer, (width, height)) in spread(level, sizes, first).into_iter().zip(sizes) {
            graph.add(layer, *width, *height);
        }
        // The width comes later: what is in the group may stand below the title.
        graph.title = title.map(|(_, height)| graph.add(0, 0.0, height));
        let height = graph.layer.iter().max().map_or(0, |layer| layer + 1);
        graph.lead(level, height, port);
        graph.layers = vec![Vec::new(); height];
        if let Some(title) = graph.title {
            graph.layers[0].push(title);
        }
        for vertex in 0..graph.layer.len() {
            if graph.title != Some(vertex) {
                graph.layers[graph.layer[vertex]].push(vertex);
            }
        }
        graph
    }

    /// Whether a vertex is no box but a place that a line goes through.
    pub(super) fn is_bend(&self, vertex: usize) -> bool {
        vertex >= self.items && self.title != Some(vertex)
    }

    /// How far apart the middles of two neighbours must be.
    pub(super) fn separation(&self, left: usize, right: usize) -> f64 {
        let space = match self.is_bend(left) || self.is_bend(right) {
            true => BESIDE_A_LINE,
            false => BETWEEN_BOXES,
        };
        f64::midpoint(self.width[left], self.width[right]) + space
    }

    /// Puts the title into the left corner, and what comes in from above beside it.
    pub(super) fn make_room_for_title(&mut self, width: f64, left: f64, xs: &mut [f64]) {
        let Some(title) = self.title else {
            return;
        };
        self.width[title] = width;
        xs[title] = left + width / 2.0;
        for pair in self.layers[0].windows(2) {
            xs[pair[1]] = xs[pair[1]].max(xs[pair[0]] + self.separation(pair[0], pair[1]));
        }
    }

    pub(super) fn left_edge(&self, xs: &[f64]) -> f64 {
        let edges = xs.iter().zip(&self.width).map(|(x, width)| x - width / 2.0);
        edges.reduce(f64::min).unwrap_or(0.0)
    }

    pub(super) fn right_edge(&self, xs: &[f64]) -> f64 {
        let edges = xs.iter().zip(&self.width).map(|(x, width)| x + width / 2.0);
        edges.reduce(f64::max).unwrap_or(0.0)
    }

    fn add(&mut self, layer: usize, width: f64, height: f64) -> usize {
        self.layer.push(layer);
        self.width.push(width);
        self.height.push(height);
        self.up.push(Vec::new());
        self.down.push(Vec::new());
        self.layer.len() - 1
    }

    fn link(&mut self, upper: usize, lower: usize, exit: f64, entry: f64) {
        self.up[lower].push(self.links.len());
        self.down[upper].push(self.links.len());
        self.links.push(Link {
            upper,
            lower,
            exit,
            entry,
        });
    }

    /// Leads each net along one chain of bends, from which its lines branch off just above their ends.
    fn lead(&mut self, level: &Level, height: usize, port: impl Fn(usize, usize, bool) -> f64) {
        let lengths = level.nets.iter().map(|net| self.last_bend(net, height));
        let lengths: Vec<usize> = lengths
            .zip(&level.nets)
            .map(|(end, net)| end.saturating_sub(self.first_bend(net)))
            .collect();
        let mut shortest_first: Vec<usize> = (0..level.nets.len()).collect();
        shortest_first.sort_by_key(|net| lengths[*net]);
        let mut left = MAX_BENDS;
        self.chains = vec![Vec::new(); level.nets.len()];
        for place in shortest_first {
            let net = &level.nets[place];
            let start = self.first_bend(net);
            // What comes in from above is led past the title whatever it costs.
            let length = match lengths[place] <= left {
                true => lengths[place],
                false => usize::from(net.from.is_none()),
            };
            left = left.saturating_sub(length);
            let exit = |item: usize| port(level.items[item], net.id, true);
            let mut last = net.from.map(|item| (item, exit(item)));
            for layer in start..start + length {
                let bend = self.add(layer, 0.0, 0.0);
                if let Some((upper, exit)) = last {
                    self.link(upper, bend, exit, 0.0);
                }
                last = Some((bend, 0.0));
                self.chains[place].push(bend);
            }
            for item in &net.to {
                let above = self.layer[*item] - 1;
                let upper = match (above.checked_sub(start), net.from) {
                    (Some(bend), _) => self.chains[place].get(bend).map(|bend| (*bend, 0.0)),
                    (None, from) => from.map(|from| (from, exit(from))),
                };
                if let Some((upper, exit)) = upper {
                    let entry = port(level.items[*item], net.id, false);
                    self.link(upper, *item, exit, entry);
                }
            }
        }
    }

    /// The layer of a net's first bend, if it has one.
    fn first_bend(&self, net: &Net) -> usize {
        net.from.map_or(0, |item| self.layer[item] + 1)
    }

    /// One past the layer of its last bend.
    fn last_bend(&self, net: &Net, height: usize) -> usize {
        let lowest = net.to.iter().map(|item| self.layer[*item]).max();
        match net.leaves {
            true => height,
            false => lowest.unwrap_or(0),
        }
    }
}

/// The layer of each item: below all that it waits for, and where there is room. Many that could
/// stand side by side become several rows, so that the whole is about as wide as a screen.
fn spread(level: &Level, sizes: &[(f64, f64)], first: usize) -> Vec<usize> {
    let area = sizes
        .iter()
        .map(|(width, height)| (width + BETWEEN_BOXES) * (height + super::WIDE));
    let widest = (1.2 * area.sum::<f64>().sqrt()).max(900.0);
    let mut waits_for: Vec<Vec<usize>> = vec![Vec::new(); sizes.len()];
    for net in &level.nets {
        for to in &net.to {
            waits_for[*to].extend(net.from);
        }
    }
    let mut layer = vec![first; sizes.len()];
    let mut filled: Vec<f64> = Vec::new();
    // The items are sorted: what one waits for has its layer.
    for item in 0..sizes.len() {
        let above = waits_for[item].iter().map(|it| layer[*it] + 1);
        let mut at = above.max().unwrap_or(first);
        let width = sizes[item].0 + BETWEEN_BOXES;
        while filled
            .get(at)
            .is_some_and(|it| *it > 0.0 && it + width > widest)
        {
            at += 1;
        }
        if filled.len() <= at {
            filled.resize(at + 1, 0.0);
        }
        filled[at] += width;
        layer[item] = at;
    }
    layer
}
