//! The columns, after Brandes and Köpf: each vertex is put straight below the middle one of its
//! neighbours where nothing is in the way, in four versions (from above or below, leftmost or
//! rightmost), of which the mean is taken. All four keep the distances, so the mean does. What then
//! is off by a little is put right.

use std::collections::HashSet;

use super::layers::Layered;

/// The middle of each vertex.
pub(super) fn place(graph: &Layered) -> Vec<f64> {
    let mut position = vec![0; graph.layer.len()];
    for layer in &graph.layers {
        for (place, vertex) in layer.iter().enumerate() {
            position[*vertex] = place;
        }
    }
    let sorted = |links: &[Vec<usize>], is_up: bool| -> Vec<Vec<(usize, f64)>> {
        let of_one = |links: &Vec<usize>| {
            let mut ends: Vec<(usize, f64)> = links
                .iter()
                .map(|link| {
                    let link = &graph.links[*link];
                    // What the other must be moved by for the line to be straight.
                    match is_up {
                        true => (link.upper, link.exit - link.entry),
                        false => (link.lower, link.entry - link.exit),
                    }
                })
                .collect();
            ends.sort_by_key(|(end, _)| position[*end]);
            ends
        };
        links.iter().map(of_one).collect()
    };
    let conflicts = conflicts(graph, &position);
    let (up, down) = (sorted(&graph.up, true), sorted(&graph.down, false));
    let mut versions = Vec::with_capacity(4);
    for (neighbours, is_down) in [(&up, true), (&down, false)] {
        for is_left in [true, false] {
            let version = Version {
                graph,
                position: &position,
                conflicts: &conflicts,
                neighbours,
                is_down,
                is_left,
            };
            versions.push(version.xs());
        }
    }
    let mut xs = mean(graph, &mut versions);
    straighten(graph, &up, &mut xs);
    xs
}

/// A line that is off by less than this looks like a mistake.
const ALMOST: f64 = 18.0;

/// Puts what stands almost below the one thing it hangs from right below it, where there is room.
fn straighten(graph: &Layered, up: &[Vec<(usize, f64)>], xs: &mut [f64]) {
    for layer in &graph.layers {
        for (place, vertex) in layer.iter().enumerate() {
            let [(upper, shift)] = up[*vertex][..] else {
                continue;
            };
            let x = xs[upper] + shift;
            let left = place.checked_sub(1).map(|place| layer[place]);
            let right = layer.get(place + 1).copied();
            let fits = left.is_none_or(|it| x - xs[it] >= graph.separation(it, *vertex))
                && right.is_none_or(|it| xs[it] - x >= graph.separation(*vertex, it));
            if fits && (x - xs[*vertex]).abs() < ALMOST {
                xs[*vertex] = x;
            }
        }
    }
}

/// Links that cross a long line where it is between two bends: that one is to stay straight.
fn conflicts(graph: &Layered, position: &[usize]) -> HashSet<(usize, usize)> {
    let mut conflicts = HashSet::new();
    let above = |vertex: usize| graph.up[vertex].iter().map(|link| graph.links[*link].upper);
    let inner = |vertex: usize| {
        let upper = above(vertex).next();
        upper.filter(|upper| graph.is_bend(*upper) && graph.is_bend(vertex))
    };
    for layer in graph.layers.windows(2) {
        let (mut from, mut scanned) = (0, 0);
        for (place, vertex) in layer[1].iter().enumerate() {
            let straight = inner(*vertex);
            if straight.is_none() && place + 1 < layer[1].len() {
                continue;
            }
            let to = straight.map_or(layer[0].len(), |upper| position[upper]);
            for crossed in &layer[1][scanned..=place] {
                for upper in above(*crossed) {
                    let is_inside = (from..=to).contains(&position[upper]);
                    let is_straight = graph.is_bend(upper) && graph.is_bend(*crossed);
                    if !is_inside && !is_straight {
                        conflicts.insert((upper, *crossed));
                    }
                }
            }
            (from, scanned) = (to, place + 1);
        }
    }
    conflicts
}

/// One of the four versions.
struct Version<'a> {
    graph: &'a Layered,
    position: &'a [usize],
    conflicts: &'a HashSet<(usize, usize)>,
    /// The neighbours in the layer before, with what they must be moved by.
    neighbours: &'a [Vec<(usize, f64)>],
    is_down: bool,
    is_left: bool,
}

/// Vertices that stand in one column: for each the first of its column, and how far it is beside it.
struct Columns {
    first: Vec<usize>,
    shift: Vec<f64>,
}

impl Version<'_> {
    fn xs(&self) -> Vec<f64> {
        let columns = self.columns();
        let xs = self.compact(&columns);
        let sign = self.sign();
        let vertices = 0..self.graph.layer.len();
        vertices
            .map(|vertex| sign * (xs[columns.first[vertex]] + columns.shift[vertex]))
            .collect()
    }

    /// The rightmost version is the leftmost one in a mirror.
    fn sign(&self) -> f64 {
        if self.is_left { 1.0 } else { -1.0 }
    }

    fn mirrored<'v, T: Copy>(&self, list: &'v [T]) -> impl Iterator<Item = T> + use<'v, T> {
        let (is_left, count) = (self.is_left, list.len());
        (0..count).map(move |at| list[if is_left { at } else { count - 1 - at }])
    }

    fn columns(&self) -> Columns {
        let count = self.graph.layer.len();
        let mut columns = Columns {
            first: (0..count).collect(),
            shift: vec![0.0; count],
        };
        let mut is_taken = vec![false; count];
        let layers = self.graph.layers.len();
        for step in 1..layers {
            let layer = if self.is_down {
                step
            } else {
                layers - 1 - step
            };
            // The place in the layer before that the last column came from: columns do not cross.
            let mut last = -1;
            for vertex in self.mirrored(&self.graph.layers[layer]) {
                let neighbours: Vec<(usize, f64)> =
                    self.mirrored(&self.neighbours[vertex]).collect();
                let Some(end) = neighbours.len().checked_sub(1) else {
                    continue;
                };
                for (neighbour, shift) in &neighbours[end / 2..=end.div_ceil(2)] {
                    let place = self.place(*neighbour);
                    let is_own = columns.first[vertex] == vertex;
                    if is_own
                        && last < place
                        && !is_taken[*neighbour]
                        && !self.is_conflict(vertex, *neighbour)
                    {
                        columns.first[vertex] = columns.first[*neighbour];
                        columns.shift[vertex] = columns.shift[*neighbour] + self.sign() * shift;
                        is_taken[*neighbour] = true;
                        last = place;
                    }
                }
            }
        }
        columns
    }

    fn place(&self, vertex: usize) -> i64 {
        let place = self.position[vertex] as i64;
        if self.is_left {
            place
        } else {
            -place + self.graph.layers[self.graph.layer[vertex]].len() as i64 - 1
        }
    }

    fn is_conflict(&self, one: usize, other: usize) -> bool {
        let link = if self.is_down {
            (other, one)
        } else {
            (one, other)
        };
        self.conflicts.contains(&link)
    }

    /// Puts every column as far left as its neighbours allow, then as far right as those on its right
    /// allow, which takes out the room that nobody needs.
    fn compact(&self, columns: &Columns) -> Vec<f64> {
        let count = self.graph.layer.len();
        let mut right_of: Vec<Vec<(usize, f64)>> = vec![Vec::new(); count];
        let mut waits_for = vec![0usize; count];
        for layer in &self.graph.layers {
            let vertices: Vec<usize> = self.mirrored(layer).collect();
            for pair in vertices.windows(2) {
                let (left, right) = (pair[0], pair[1]);
                let apart =
                    self.graph.separation(left, right) + columns.shift[left] - columns.shift[right];
                right_of[columns.first[left]].push((columns.first[right], apart));
                waits_for[columns.first[right]] += 1;
            }
        }
        let is_column = |vertex: &usize| columns.first[*vertex] == *vertex;
        let mut sorted: Vec<usize> = (0..count)
            .filter(|it| is_column(it) && waits_for[*it] == 0)
            .collect();
        let mut xs = vec![0.0_f64; count];
        let mut next = 0;
        while let Some(column) = sorted.get(next).copied() {
            next += 1;
            for (right, apart) in &right_of[column] {
                xs[*right] = xs[*right].max(xs[column] + apart);
                waits_for[*right] -= 1;
                if waits_for[*right] == 0 {
                    sorted.push(*right);
                }
            }
        }
        for column in sorted.iter().rev() {
            let room = right_of[*column]
                .iter()
                .map(|(right, apart)| xs[*right] - apart);
            if let Some(room) = room.reduce(f64::min) {
                xs[*column] = xs[*column].max(room);
            }
        }
        xs
    }
}

/// The mean of the middle two of four, after all are moved to where the narrowest one is.
fn mean(graph: &Layered, versions: &mut [Vec<f64>]) -> Vec<f64> {
    let borders: Vec<(f64, f64)> = versions
        .iter()
        .map(|xs| (graph.left_edge(xs), graph.right_edge(xs)))
        .collect();
    let narrowest = borders
        .iter()
        .copied()
        .min_by(|one, other| (one.1 - one.0).total_cmp(&(other.1 - other.0)));
    let (left, right) = narrowest.unwrap_or_default();
    for (index, (xs, border)) in versions.iter_mut().zip(&borders).enumerate() {
        // Leftmost and rightmost take turns.
        let by = if index % 2 == 0 {
            left - border.0
        } else {
            right - border.1
        };
        xs.iter_mut().for_each(|x| *x += by);
    }
    let middle = |vertex: usize| {
        let mut xs: Vec<f64> = versions.iter().map(|xs| xs[vertex]).collect();
        xs.sort_by(f64::total_cmp);
        f64::midpoint(xs[1], xs[2])
    };
    (0..graph.layer.len()).map(middle).collect()
}
