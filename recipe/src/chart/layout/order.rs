//! Few crossings: each layer is sorted by where its neighbours in the layer above stand, then by those
//! below, to and fro, and the best order seen is kept. Then neighbours change places where that helps.

use super::layers::Layered;

/// How many links may be looked at while sorting; what is larger gets fewer rounds.
const EFFORT: usize = 1_500_000;
/// Above so many links neighbours do not change places one by one.
const SMALL: usize = 6_000;

pub(super) fn order(graph: &mut Layered) {
    let rounds = (EFFORT / (graph.links.len() + 1)).clamp(2, 24);
    let mut sorting = Sorting::of(graph);
    let mut best = (sorting.crossings(), sorting.graph.layers.clone());
    for round in 0..rounds {
        if best.0 == 0 {
            break;
        }
        sorting.sweep(round % 2 == 0, round % 4 < 2);
        let crossings = sorting.crossings();
        if crossings < best.0 {
            best = (crossings, sorting.graph.layers.clone());
        }
    }
    sorting.graph.layers = best.1;
    sorting.find_places();
    if best.0 > 0 && sorting.graph.links.len() <= SMALL {
        sorting.exchange();
    }
}

struct Sorting<'a> {
    graph: &'a mut Layered,
    /// The place of each vertex in its layer.
    place: Vec<usize>,
}

impl<'a> Sorting<'a> {
    fn of(graph: &'a mut Layered) -> Self {
        let place = vec![0; graph.layer.len()];
        let mut sorting = Self { graph, place };
        sorting.find_places();
        // Down once: each layer in the order of what it hangs from.
        sorting.sweep(true, true);
        sorting
    }

    fn find_places(&mut self) {
        for layer in &self.graph.layers {
            for (place, vertex) in layer.iter().enumerate() {
                self.place[*vertex] = place;
            }
        }
    }

    /// Where the other end of a link is: its place, and how far to one side of the box.
    fn end(&self, link: usize, is_upper: bool) -> f64 {
        let link = &self.graph.links[link];
        let (vertex, side) = match is_upper {
            true => (link.upper, link.exit),
            false => (link.lower, link.entry),
        };
        let width = self.graph.width[vertex].max(1.0);
        self.place[vertex] as f64 + (side / width).clamp(-0.49, 0.49)
    }

    fn sweep(&mut self, is_down: bool, prefers_left: bool) {
        let count = self.graph.layers.len();
        for step in 0..count {
            let layer = if is_down { step } else { count - 1 - step };
            self.sort(layer, is_down, prefers_left);
        }
    }

    /// Sorts what has neighbours by their mean. The others keep their places.
    fn sort(&mut self, layer: usize, is_down: bool, prefers_left: bool) {
        let vertices = std::mem::take(&mut self.graph.layers[layer]);
        let links = match is_down {
            true => &self.graph.up,
            false => &self.graph.down,
        };
        let moves =
            |vertex: &usize| self.graph.title != Some(*vertex) && !links[*vertex].is_empty();
        let slots: Vec<usize> = (0..vertices.len())
            .filter(|it| moves(&vertices[*it]))
            .collect();
        let mut moving: Vec<(f64, usize)> = slots
            .iter()
            .map(|slot| {
                let links = &links[vertices[*slot]];
                let sum: f64 = links.iter().map(|link| self.end(*link, is_down)).sum();
                (sum / links.len() as f64, vertices[*slot])
            })
            .collect();
        if !prefers_left {
            moving.reverse();
        }
        moving.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        let mut vertices = vertices;
        for (slot, (_, vertex)) in slots.into_iter().zip(moving) {
            vertices[slot] = vertex;
        }
        for (place, vertex) in vertices.iter().enumerate() {
            self.place[*vertex] = place;
        }
        self.graph.layers[layer] = vertices;
    }

    /// How many pairs of links cross.
    fn crossings(&self) -> usize {
        (1..self.graph.layers.len())
            .map(|layer| self.crossings_above(layer))
            .sum()
    }

    /// Sorted by their upper ends, links cross those before them whose lower end is further right;
    /// a tree of sums counts these.
    fn crossings_above(&self, layer: usize) -> usize {
        let vertices = &self.graph.layers[layer];
        let links = vertices.iter().flat_map(|vertex| &self.graph.up[*vertex]);
        let mut ends: Vec<(f64, f64)> = links
            .map(|link| (self.end(*link, true), self.end(*link, false)))
            .collect();
        ends.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
        let mut lowers: Vec<f64> = ends.iter().map(|(_, lower)| *lower).collect();
        lowers.sort_by(f64::total_cmp);
        lowers.dedup();
        let mut sums = vec![0usize; lowers.len() + 1];
        let mut crossings = 0;
        for (seen, (_, lower)) in ends.iter().enumerate() {
            let rank = lowers.partition_point(|it| it < lower) + 1;
            let (mut at, mut up_to) = (rank, 0);
            while at > 0 {
                up_to += sums[at];
                at &= at - 1;
            }
            crossings += seen - up_to;
            let mut at = rank;
            while at < sums.len() {
                sums[at] += 1;
                at += at & at.wrapping_neg();
            }
        }
        crossings
    }

    /// Lets neighbours change places while that removes crossings.
    fn exchange(&mut self) {
        for _ in 0..8 {
            let mut is_better = false;
            for layer in 0..self.graph.layers.len() {
                for place in 1..self.graph.layers[layer].len() {
                    let vertices = &self.graph.layers[layer];
                    let (left, right) = (vertices[place - 1], vertices[place]);
                    if self.graph.title != Some(left) && self.gain(left, right) > 0 {
                        self.graph.layers[layer].swap(place - 1, place);
                        self.place.swap(left, right);
                        is_better = true;
                    }
                }
            }
            if !is_better {
                break;
            }
        }
    }

    /// How many crossings vanish if two neighbours change places.
    fn gain(&self, left: usize, right: usize) -> i64 {
        let both = [(&self.graph.up, true), (&self.graph.down, false)];
        let gains = both.map(|(links, is_upper)| {
            let ends = |vertex: usize| links[vertex].iter().map(|link| self.end(*link, is_upper));
            let pairs = ends(left).flat_map(|one| ends(right).map(move |other| (one, other)));
            pairs
                .map(|(one, other)| i64::from(one > other) - i64::from(one < other))
                .sum::<i64>()
        });
        gains.iter().sum()
    }
}
