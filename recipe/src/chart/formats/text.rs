//! A recipe as a list for a terminal: in the order in which one after the other would run, groups as
//! brackets, and beside each step what it waits for and when it runs.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::Nested;
use crate::chart::Outline;
use crate::visible::escaped;

/// Names wider than this push the columns aside rather than all of them.
const WIDEST: usize = 40;

impl Outline {
    /// As a list for a terminal.
    pub fn text(&self) -> String {
        let mut rows: Vec<[String; 3]> = Vec::new();
        self.nest(&mut |event| rows.push(self.row(event)));
        let width = |column: usize| {
            let widths = rows.iter().map(|row| row[column].width().min(WIDEST));
            widths.max().unwrap_or(0)
        };
        let (first, second) = (width(0), width(1));
        let mut out = match self.name.is_empty() {
            true => String::new(),
            false => format!("{}\n\n", self.name),
        };
        for [name, operation, conditions] in &rows {
            let name = padded(name, first);
            let line = format!("{name}  {}  {conditions}", padded(operation, second));
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{}", line.trim_end());
        }
        out
    }

    fn row(&self, event: Nested) -> [String; 3] {
        let (step, sign, depth) = match event {
            Nested::Step(step, depth) => (step, "", depth),
            Nested::Open(step, depth) => (step, "┌ ", depth),
            Nested::Close(depth) => {
                return [
                    format!("{}└", "│ ".repeat(depth)),
                    String::new(),
                    String::new(),
                ];
            }
        };
        let it = &self.steps[step];
        let what = match it.mode {
            Some(mode) => mode.words(),
            None => it.operation.unwrap_or("?"),
        };
        let id = escaped(&it.id);
        let name = match it.name == id {
            true => id,
            false => format!("{id} ({})", it.name),
        };
        [
            format!("{}{sign}{name}", "│ ".repeat(depth)),
            what.to_owned(),
            self.conditions(step),
        ]
    }

    /// What the step waits for, and its condition.
    fn conditions(&self, step: usize) -> String {
        let first = self.waits.partition_point(|wait| wait.step < step);
        let waits = self.waits[first..]
            .iter()
            .take_while(|wait| wait.step == step);
        let ids: Vec<String> = waits.map(|wait| escaped(&self.steps[wait.on].id)).collect();
        let after = (!ids.is_empty()).then(|| format!("after {}", ids.join(", ")));
        let both = after.into_iter().chain(self.steps[step].condition());
        both.collect::<Vec<_>>().join(", ")
    }
}

fn padded(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}
