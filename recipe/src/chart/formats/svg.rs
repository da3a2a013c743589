//! A chart as a picture by itself: nothing remote, no script, light or dark as its reader likes it.

use std::collections::HashSet;
use std::fmt::Write;

use crate::chart::{Chart, ChartBox, DETAIL_SIZE, Line, NAME_SIZE, OutlineStep, PADDING, Point};

const STYLE: &str = "\
.doppio-chart{--paper:#ffffff;--ink:#1f2328;--dim:#59636e;--line:#818b98;--box:#f6f8fa;--rim:#afb8c1;--group:#0969da0d;--wrong:#cf222e;background:var(--paper);font-family:system-ui,sans-serif}
@media (prefers-color-scheme:dark){.doppio-chart{--paper:#0d1117;--ink:#f0f6fc;--dim:#9198a1;--line:#7d8590;--box:#161b22;--rim:#484f58;--group:#388bfd14;--wrong:#f85149}}
.doppio-chart .paper{fill:var(--paper)}
.doppio-chart .box{fill:var(--box);stroke:var(--rim)}
.doppio-chart .group{fill:var(--group);stroke:var(--rim)}
.doppio-chart .conditional{stroke-dasharray:5 3}
.doppio-chart .name{fill:var(--ink)}
.doppio-chart .detail{fill:var(--dim)}
.doppio-chart .line{fill:none;stroke:var(--line);stroke-width:1.5}
.doppio-chart .wrong{stroke:var(--wrong)}
.doppio-chart .head{fill:var(--line)}
";

impl Chart {
    /// As an SVG file.
    pub fn svg(&self) -> String {
        let (width, height) = (self.width.ceil(), self.height.ceil());
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"doppio-chart\" role=\"img\" \
             aria-labelledby=\"doppio-title doppio-desc\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\">\n\
             <title id=\"doppio-title\">{}</title>\n<desc id=\"doppio-desc\">{}</desc>\n\
             <style>{STYLE}</style>\n\
             <defs><marker id=\"doppio-head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" \
             markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">\
             <path class=\"head\" d=\"M0 0.5 8 4 0 7.5z\"/></marker></defs>\n\
             <rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n",
            escape(&self.title()),
            escape(&self.description()),
        );
        let steps = self.outline.steps.iter().zip(&self.boxes);
        let (groups, steps): (Vec<_>, Vec<_>) = steps.partition(|(step, _)| step.mode.is_some());
        // Those around others are drawn first.
        let mut groups = groups;
        groups.sort_by(|(_, one), (_, other)| area(other).total_cmp(&area(one)));
        for (step, shape) in groups {
            write_group(&mut out, step, shape);
        }
        let mut drawn = HashSet::new();
        for (line, wait) in self.lines.iter().zip(&self.outline.waits) {
            // What lines share is drawn once: twice would be bolder.
            let shared = line
                .points
                .windows(2)
                .take_while(|pair| drawn.contains(&key(pair)));
            let own = &line.points[shared.count()..];
            drawn.extend(line.points.windows(2).map(key));
            if own.len() > 1 {
                let wrong = if wait.in_cycle { " wrong" } else { "" };
                // Writing to a string cannot fail.
                let _ = writeln!(
                    out,
                    "<path class=\"line{wrong}\" marker-end=\"url(#doppio-head)\" d=\"{}\"/>",
                    path(own)
                );
            }
        }
        for (step, shape) in steps {
            write_step(&mut out, step, shape);
        }
        out + "</svg>\n"
    }

    fn title(&self) -> String {
        match self.outline.name.is_empty() {
            true => "Steps of a recipe".to_owned(),
            false => format!("Steps of {}", self.outline.name),
        }
    }

    /// The picture in words.
    fn description(&self) -> String {
        let outline = &self.outline;
        let mut words = match outline.count() {
            1 => "1 step.".to_owned(),
            count => format!("{count} steps."),
        };
        for steps in outline.waits.chunk_by(|one, other| one.step == other.step) {
            let on: Vec<&str> = steps
                .iter()
                .map(|wait| outline.steps[wait.on].name.as_str())
                .collect();
            let step = &outline.steps[steps[0].step].name;
            let _ = write!(words, " {step} waits for {}.", on.join(", "));
        }
        words
    }
}

impl Line {
    /// As the `d` of an SVG path: curves where it goes sideways, which is only between the layers.
    pub fn path(&self) -> String {
        path(&self.points)
    }
}

fn path(points: &[Point]) -> String {
    let mut path = String::new();
    for (index, point) in points.iter().enumerate() {
        let (x, y) = (tenths(point.x), tenths(point.y));
        let before = index.checked_sub(1).map(|before| points[before]);
        let _ = match before {
            None => write!(path, "M{x} {y}"),
            Some(before) if (before.x - point.x).abs() < 0.5 => write!(path, "L{x} {y}"),
            Some(before) => {
                let middle = tenths(f64::midpoint(before.y, point.y));
                write!(path, "C{} {middle} {x} {middle} {x} {y}", tenths(before.x))
            }
        };
    }
    path
}

/// A piece of a line, to tell whether it was drawn.
fn key(pair: &[Point]) -> [i64; 4] {
    [pair[0].x, pair[0].y, pair[1].x, pair[1].y].map(|it| (it * 10.0).round() as i64)
}

fn area(shape: &ChartBox) -> f64 {
    shape.rect.width * shape.rect.height
}

/// Each box is a picture of its own, so that nothing can stick out of it.
fn open(out: &mut String, step: &OutlineStep, shape: &ChartBox, what: &str) {
    let rect = &shape.rect;
    let class = match step.when {
        Some(_) => "conditional",
        None => "always",
    };
    let kind = if step.mode.is_some() { "group" } else { "box" };
    let _ = write!(
        out,
        "<svg x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{}: {}{}</title>\
         <rect class=\"{kind} {class}\" x=\"1\" y=\"1\" width=\"{}\" height=\"{}\" rx=\"6\"/>",
        tenths(rect.x),
        tenths(rect.y),
        tenths(rect.width),
        tenths(rect.height),
        escape(&step.name),
        what,
        step.when
            .as_deref()
            .map_or_else(String::new, |when| format!(", when {}", escape(when))),
        tenths(rect.width - 2.0),
        tenths(rect.height - 2.0),
    );
}

fn write_group(out: &mut String, step: &OutlineStep, shape: &ChartBox) {
    let mode = step.mode.map_or("", |mode| mode.words());
    open(out, step, shape, mode);
    let _ = writeln!(
        out,
        "<text x=\"{PADDING}\" y=\"{}\"><tspan class=\"name\" font-size=\"{NAME_SIZE}\">{}</tspan>\
         <tspan class=\"detail\" dx=\"8\" font-size=\"{DETAIL_SIZE}\">{mode}</tspan></text></svg>",
        PADDING + NAME_SIZE + 3.0,
        escape(&shape.label),
    );
}

fn write_step(out: &mut String, step: &OutlineStep, shape: &ChartBox) {
    let operation = step.operation.unwrap_or("no operation");
    open(out, step, shape, operation);
    let _ = writeln!(
        out,
        "<text class=\"name\" x=\"{PADDING}\" y=\"20\" font-size=\"{NAME_SIZE}\">{}</text>\
         <text class=\"detail\" x=\"{PADDING}\" y=\"36\" font-size=\"{DETAIL_SIZE}\">{operation}</text></svg>",
        escape(&shape.label),
    );
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// Text of an element or attribute. Names are free of controls already; two characters remain that XML
/// does not have.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}
