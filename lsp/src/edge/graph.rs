//! `doppio/graph`: the chart of a recipe, with where each step stands in the text.

use ls_types::{Range, Uri};
use recipe::chart::{Chart, Outline, Point, Rect};
use serde::{Deserialize, Serialize};
use tower_lsp_server::jsonrpc::{Error, Result};

use super::convert::range_of;
use super::transport::{Backend, answer};

/// Drawing takes longer the more steps there are, and nobody reads a picture of so many.
const MOST: usize = 5_000;

/// What `doppio/graph` is given.
#[derive(Debug, Deserialize)]
pub(super) struct GraphParams {
    uri: Uri,
}

/// What it answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Graph {
    name: String,
    nodes: Vec<Node>,
    groups: Vec<Group>,
    edges: Vec<Edge>,
    width: f64,
    height: f64,
    mermaid: String,
    svg: String,
}

/// What steps and groups have in common.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    id: String,
    name: String,
    /// As much of the name as fits into the box.
    label: String,
    /// The group that it stands in.
    group: Option<String>,
    when: Option<String>,
    /// The whole step.
    range: Range,
    /// Its id.
    selection_range: Range,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

#[derive(Debug, Serialize)]
struct Node {
    #[serde(flatten)]
    place: Place,
    operation: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Group {
    #[serde(flatten)]
    place: Place,
    mode: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Edge {
    from: String,
    to: String,
    points: Vec<[f64; 2]>,
    /// The same as the `d` of an SVG path, with curves.
    path: String,
    in_cycle: bool,
}

impl Backend {
    /// Drawing is left to a thread of its own: whoever types does not wait for it.
    pub(super) async fn graph(&self, params: GraphParams) -> Result<Option<Graph>> {
        let seen = self.about(&params.uri, |_, snapshot| {
            let outline = Outline::of(&snapshot.analysis);
            let ranges = outline.steps.iter().map(|step| {
                let (whole, id) = (step.span, step.id_span);
                (range_of(snapshot, whole), range_of(snapshot, id))
            });
            let ranges: Vec<(Range, Range)> = ranges.collect();
            (outline, ranges)
        });
        let Some((outline, ranges)) = answer(seen).await? else {
            return Ok(None);
        };
        let count = outline.steps.len();
        if count > MOST {
            let message =
                format!("the recipe has {count} steps; a graph is drawn of at most {MOST}");
            return Err(Error::invalid_params(message));
        }
        let drawn = tokio::task::spawn_blocking(move || graph(Chart::draw(outline), &ranges));
        drawn.await.map(Some).map_err(|_| Error::internal_error())
    }
}

fn graph(chart: Chart, ranges: &[(Range, Range)]) -> Graph {
    let (mermaid, svg) = (chart.outline.mermaid(), chart.svg());
    let steps = &chart.outline.steps;
    let (mut nodes, mut groups) = (Vec::new(), Vec::new());
    for ((step, shape), (range, selection_range)) in steps.iter().zip(&chart.boxes).zip(ranges) {
        let Rect {
            x,
            y,
            width,
            height,
        } = shape.rect;
        let place = Place {
            id: step.id.clone(),
            name: step.name.clone(),
            label: shape.label.clone(),
            group: step.group.map(|group| steps[group].id.clone()),
            when: step.when.clone(),
            range: *range,
            selection_range: *selection_range,
            x,
            y,
            width,
            height,
        };
        match step.mode {
            Some(mode) => groups.push(Group {
                place,
                mode: mode.words(),
            }),
            None => nodes.push(Node {
                place,
                operation: step.operation,
            }),
        }
    }
    let edges = chart.lines.iter().zip(&chart.outline.waits);
    let edges = edges.map(|(line, wait)| Edge {
        from: steps[wait.on].id.clone(),
        to: steps[wait.step].id.clone(),
        points: line.points.iter().map(|Point { x, y }| [*x, *y]).collect(),
        path: line.path(),
        in_cycle: wait.in_cycle,
    });
    Graph {
        edges: edges.collect(),
        name: chart.outline.name.clone(),
        nodes,
        groups,
        width: chart.width,
        height: chart.height,
        mermaid,
        svg,
    }
}
