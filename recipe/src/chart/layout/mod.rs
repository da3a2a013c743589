//! A layered drawing of boxes in boxes, after Sugiyama: who waits stands below what it waits for.
//!
//! Every group is drawn by itself, innermost first, and is then one box in the drawing around it:
//! that is why boxes cannot overlap. Within one drawing:
//!
//! * `levels` sorts out which edge is whose business, and turns round those that close a cycle;
//! * `layers` spreads the boxes over layers and leads edges through the layers between;
//! * `order` sorts each layer so that few edges cross;
//! * `place` finds the columns, with long edges straight;
//! * `route` (here) turns that into lines. Within a layer a line is vertical and has its own column;
//!   it goes sideways only between two layers, where no box is. So no line crosses a box or a title.

mod layers;
mod levels;
mod order;
mod place;

use layers::Layered;
use levels::Levels;

use super::{Point, Rect};

/// Space around what a group holds, and around it all.
const MARGIN: f64 = 14.0;
/// Space between two layers that nothing connects.
const NARROW: f64 = 12.0;
/// Space between two layers, for the lines to go sideways.
const WIDE: f64 = 34.0;

/// A box to be drawn.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// The group that it stands in.
    pub(super) parent: Option<usize>,
    /// Whether other boxes may stand in it; its size is then its title's.
    pub(super) is_group: bool,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Where everything is.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    /// One for each item.
    pub(super) rects: Vec<Rect>,
    /// One for each edge; empty for those between a group and what is in it.
    pub(super) routes: Vec<Vec<Point>>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Draws `items` and the `edges` between them, each from what must be done first. A parent must not
/// stand in its own child.
pub(super) fn layout(items: &[Item], edges: &[(usize, usize)]) -> Layout {
    let levels = Levels::of(items, edges);
    let mut drawn = Drawn {
        levels: &levels,
        pages: (0..=items.len()).map(|_| None).collect(),
        rects: items
            .iter()
            .map(|item| Rect::new(0.0, 0.0, item.width, item.height))
            .collect(),
    };
    for container in levels.innermost_first() {
        drawn.draw(container, items.get(container));
    }
    drawn.make_absolute(items);
    let routes = (0..edges.len()).map(|edge| drawn.route(edge, items));
    let routes = routes.collect();
    let (width, height) = drawn.pages[items.len()]
        .as_ref()
        .map_or((0.0, 0.0), |page| (page.width, page.height));
    Layout {
        rects: drawn.rects,
        routes,
        width,
        height,
    }
}

/// The items of each container, what must be done first before what waits; those of the whole last.
pub(super) fn sorted(items: &[Item], edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let levels = Levels::of(items, edges).levels;
    levels.into_iter().map(|level| level.items).collect()
}

/// What one group holds, drawn by itself: places count from its own corner.
struct Page {
    graph: Layered,
    /// The middle of each vertex.
    xs: Vec<f64>,
    /// Top and bottom of each layer.
    bands: Vec<(f64, f64)>,
    /// Where each net crosses the upper and the lower border, if it does.
    borders: Vec<(f64, f64)>,
    width: f64,
    height: f64,
}

struct Drawn<'a> {
    levels: &'a Levels,
    /// By container; the last is the whole.
    pages: Vec<Option<Page>>,
    /// First each within its container, in the end within the whole.
    rects: Vec<Rect>,
}

impl Drawn<'_> {
    fn draw(&mut self, container: usize, group: Option<&Item>) {
        let level = &self.levels.levels[container];
        let sizes: Vec<(f64, f64)> = level
            .items
            .iter()
            .map(|item| (self.rects[*item].width, self.rects[*item].height))
            .collect();
        let title = group.map(|group| (group.width, group.height));
        let port = |item: usize, net: usize, is_exit: bool| self.port(item, net, is_exit);
        let mut graph = Layered::of(level, &sizes, title, port);
        order::order(&mut graph);
        let mut xs = place::place(&graph);
        let left = graph.left_edge(&xs);
        xs.iter_mut().for_each(|x| *x += MARGIN - left);
        if let Some((width, _)) = title {
            graph.make_room_for_title(width, MARGIN, &mut xs);
        }
        let bands = bands(&graph, &xs);
        let width = graph.right_edge(&xs) + MARGIN;
        let height = bands.last().map_or(MARGIN, |(_, bottom)| *bottom) + MARGIN;
        for (vertex, item) in level.items.iter().enumerate() {
            let (top, bottom) = bands[graph.layer[vertex]];
            let rect = &mut self.rects[*item];
            rect.x = xs[vertex] - rect.width / 2.0;
            rect.y = (top + bottom - rect.height) / 2.0;
        }
        if group.is_some() {
            self.rects[container] = Rect::new(0.0, 0.0, width, height);
        }
        let borders = level.nets.iter().zip(&graph.chains).map(|(net, chain)| {
            let beside = |at: Option<usize>, is_exit| {
                at.map_or(0.0, |at| {
                    xs[at] + self.port(level.items[at], net.id, is_exit)
                })
            };
            let first = chain.first().map(|vertex| xs[*vertex]);
            let last = chain.last().map(|vertex| xs[*vertex]);
            (
                first.unwrap_or_else(|| beside(net.to.first().copied(), false)),
                last.unwrap_or_else(|| beside(net.from, true)),
            )
        });
        self.pages[container] = Some(Page {
            borders: borders.collect(),
            graph,
            xs,
            bands,
            width,
            height,
        });
    }

    /// Where a net enters or leaves `item`, counted from its middle.
    fn port(&self, item: usize, net: usize, is_exit: bool) -> f64 {
        let inner = self.pages[item].as_ref();
        let at = inner.zip(self.levels.net(item, net)).map(|(page, net)| {
            let (enters, leaves) = page.borders[net];
            let x = if is_exit { leaves } else { enters };
            x - page.width / 2.0
        });
        at.unwrap_or(0.0)
    }

    fn make_absolute(&mut self, items: &[Item]) {
        for container in self.levels.innermost_first().rev() {
            if let Some(parent) = items.get(container).and_then(|item| item.parent) {
                let (x, y) = (self.rects[parent].x, self.rects[parent].y);
                self.rects[container].x += x;
                self.rects[container].y += y;
            }
        }
        for (item, is) in items.iter().enumerate().filter(|(_, item)| !item.is_group) {
            if let Some(parent) = is.parent {
                let (x, y) = (self.rects[parent].x, self.rects[parent].y);
                self.rects[item].x += x;
                self.rects[item].y += y;
            }
        }
    }

    /// From the upper end through the groups it stands in, and down into those of the lower end.
    fn route(&self, edge: usize, items: &[Item]) -> Vec<Point> {
        let Some(way) = &self.levels.ways[edge] else {
            return Vec::new();
        };
        let root = items.len();
        let outwards = |item: usize| {
            let parent = move |item: usize| items.get(item)?.parent.or(Some(root));
            let on_the_way = move |container: &usize| *container != way.meet;
            std::iter::successors(parent(item), move |item| parent(*item)).take_while(on_the_way)
        };
        let mut points = Vec::new();
        let mut from = way.upper;
        for container in outwards(way.upper) {
            self.lead(&mut points, container, way.net, Some(from), None);
            from = container;
        }
        let mut inwards: Vec<usize> = outwards(way.lower).collect();
        inwards.reverse();
        inwards.push(way.lower);
        let first = inwards[0];
        self.lead(&mut points, way.meet, way.net, Some(from), Some(first));
        for (container, item) in inwards.iter().zip(&inwards[1..]) {
            self.lead(&mut points, *container, way.net, None, Some(*item));
        }
        let mut points = without_detours(points);
        if way.is_back {
            points.reverse();
        }
        points
    }

    /// A net's way within one container, from an item or the upper border to one or the lower border.
    fn lead(
        &self,
        points: &mut Vec<Point>,
        container: usize,
        net: usize,
        from: Option<usize>,
        to: Option<usize>,
    ) {
        let (Some(page), Some(net_here)) =
            (&self.pages[container], self.levels.net(container, net))
        else {
            return;
        };
        let corner = self
            .rects
            .get(container)
            .map_or((0.0, 0.0), |it| (it.x, it.y));
        let mut add = |x: f64, y: f64| points.push(Point::new(x + corner.0, y + corner.1));
        let local = |item: usize| self.levels.local[item];
        let middle = |item: usize| page.xs[local(item)];
        let chain = &page.graph.chains[net_here];
        match from {
            Some(item) => {
                let rect = &self.rects[item];
                let x = middle(item) + self.port(item, net, true);
                add(x, rect.y + rect.height - corner.1);
                add(x, page.bands[page.graph.layer[local(item)]].1);
            }
            None => add(page.borders[net_here].0, 0.0),
        }
        let end = to.map_or(page.bands.len(), |item| page.graph.layer[local(item)]);
        for vertex in chain {
            let layer = page.graph.layer[*vertex];
            if layer < end {
                add(page.xs[*vertex], page.bands[layer].0);
                add(page.xs[*vertex], page.bands[layer].1);
            }
        }
        match to {
            Some(item) => {
                let x = middle(item) + self.port(item, net, false);
                add(x, page.bands[end].0);
                add(x, self.rects[item].y - corner.1);
            }
            None => add(page.borders[net_here].1, page.height),
        }
    }
}

/// Top and bottom of each layer. The further lines go sideways, the more room they get.
fn bands(graph: &Layered, xs: &[f64]) -> Vec<(f64, f64)> {
    let mut sideways: Vec<Option<f64>> = vec![None; graph.layers.len()];
    for link in &graph.links {
        let distance = (xs[link.upper] + link.exit - xs[link.lower] - link.entry).abs();
        let widest = &mut sideways[graph.layer[link.lower]];
        *widest = Some(widest.unwrap_or(0.0).max(distance));
    }
    let mut y = MARGIN;
    let mut bands = Vec::with_capacity(graph.layers.len());
    for (layer, vertices) in graph.layers.iter().enumerate() {
        if layer > 0 {
            y += sideways[layer].map_or(NARROW, |distance| WIDE + (distance / 16.0).min(46.0));
        }
        let height = vertices.iter().map(|vertex| graph.height[*vertex]);
        let height = height.fold(0.0, f64::max);
        bands.push((y, y + height));
        y += height;
    }
    bands
}

/// Without points in which a line does not turn.
fn without_detours(points: Vec<Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    let same = |one: f64, other: f64| (one - other).abs() < 0.5;
    for point in points {
        if let [.., before, last] = kept.as_slice()
            && same(before.x, last.x)
            && same(last.x, point.x)
        {
            kept.pop();
        }
        let stays = |last: &Point| same(last.x, point.x) && same(last.y, point.y);
        if !kept.last().is_some_and(stays) {
            kept.push(point);
        }
    }
    kept
}
