//! The chart of a recipe: its steps as boxes, groups as boxes around them, lines for who waits for
//! whom. It is drawn of whatever can be understood, so also while the text has errors.
//!
//! * `outline` reads steps, groups and waits off an analysis, without a place;
//! * `measure` says how much room a text takes;
//! * `layout` finds the places;
//! * `formats` write a chart as SVG, Mermaid, DOT, or text for a terminal.

mod formats;
mod layout;
mod measure;
mod outline;

pub use outline::{GroupMode, Outline, OutlineStep, Wait};

use crate::analysis::Analysis;

/// Size of the name in a box, and of what stands below it.
const NAME_SIZE: f64 = 13.0;
const DETAIL_SIZE: f64 = 11.0;
/// No name is shown wider than this.
const MAX_NAME: f64 = 250.0;
const MIN_WIDTH: f64 = 130.0;
/// Left and right of what stands in a box.
const PADDING: f64 = 12.0;
/// For a sign of the state before the name, and for a duration after the operation: a view of a run
/// adds both, and nothing must move then.
const SIGN: f64 = 20.0;
const DURATION: f64 = 62.0;
const STEP_HEIGHT: f64 = 46.0;
const TITLE_HEIGHT: f64 = 20.0;

/// A recipe as a drawing. Lengths are CSS pixels, from the top left corner.
#[derive(Clone, Debug)]
pub struct Chart {
    /// What it is a drawing of.
    pub outline: Outline,
    /// A box for each step of the outline.
    pub boxes: Vec<ChartBox>,
    /// A line for each wait of the outline.
    pub lines: Vec<Line>,
    /// The width of it all.
    pub width: f64,
    /// The height of it all.
    pub height: f64,
}

/// A step or group as a box.
#[derive(Clone, Debug)]
pub struct ChartBox {
    /// Where it is.
    pub rect: Rect,
    /// As much of the name as fits into it.
    pub label: String,
    /// How wide the title is, if it is a group: it stands in the top left corner.
    pub title_width: f64,
}

/// How one step waits for another.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// From what must be done first to what waits. Vertical, except between layers of boxes. Empty
    /// for a wait of a group for what is in it, which the box shows.
    pub points: Vec<Point>,
}

/// A place.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

/// An upright rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Its left edge.
    pub x: f64,
    /// Its top.
    pub y: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

impl Point {
    const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }
}

impl Rect {
    const fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }
}

impl Chart {
    /// Draws the recipe of `analysis`.
    pub fn of(analysis: &Analysis) -> Self {
        Self::draw(Outline::of(analysis))
    }

    /// Draws `outline`.
    pub fn draw(outline: Outline) -> Self {
        let labels: Vec<String> = outline
            .steps
            .iter()
            .map(|step| measure::fit(&step.name, NAME_SIZE, MAX_NAME))
            .collect();
        let mut items = outline.items();
        for ((item, step), label) in items.iter_mut().zip(&outline.steps).zip(&labels) {
            (item.width, item.height) = size(step, label);
        }
        let layout = layout::layout(&items, &outline.edges());
        let boxes = layout.rects.into_iter().zip(labels).zip(&items);
        let boxes = boxes.map(|((rect, label), item)| ChartBox {
            rect,
            label,
            title_width: item.width,
        });
        let lines = layout.routes.into_iter().map(|points| Line { points });
        Self {
            boxes: boxes.collect(),
            lines: lines.collect(),
            width: layout.width,
            height: layout.height,
            outline,
        }
    }
}

/// How large a step or the title of a group is.
fn size(step: &OutlineStep, label: &str) -> (f64, f64) {
    let name = measure::width(label, NAME_SIZE) + SIGN;
    match step.mode {
        Some(mode) => {
            let detail = measure::width(mode.words(), DETAIL_SIZE);
            ((name + detail + PADDING + DURATION).ceil(), TITLE_HEIGHT)
        }
        None => {
            let detail = measure::width(step.operation.unwrap_or_default(), DETAIL_SIZE);
            let inner = name.max(SIGN + detail + DURATION);
            let width = (inner + 2.0 * PADDING).max(MIN_WIDTH);
            (width.ceil(), STEP_HEIGHT)
        }
    }
}
