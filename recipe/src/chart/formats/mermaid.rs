//! A recipe as a Mermaid flowchart, for Markdown pages. Mermaid places things by itself.

use std::fmt::Write;

use crate::chart::{Outline, OutlineStep};

impl Outline {
    /// As a Mermaid flowchart.
    pub fn mermaid(&self) -> String {
        let mut out = "flowchart TD\n".to_owned();
        self.nest(&mut |event| match event {
            super::Nested::Step(step, depth) => {
                let label = label(&self.steps[step], "");
                let _ = writeln!(
                    out,
                    "{:depth$}s{step}[\"{label}\"]",
                    "",
                    depth = 4 * (depth + 1)
                );
            }
            super::Nested::Open(step, depth) => {
                let mode = self.steps[step].mode.map_or("", |mode| mode.words());
                let label = label(&self.steps[step], &format!(" ({mode})"));
                let indent = 4 * (depth + 1);
                let _ = writeln!(out, "{:indent$}subgraph s{step}[\"{label}\"]", "");
            }
            super::Nested::Close(depth) => {
                let _ = writeln!(out, "{:depth$}end", "", depth = 4 * (depth + 1));
            }
        });
        for wait in self.drawn_waits() {
            let _ = writeln!(out, "    s{} --> s{}", wait.on, wait.step);
        }
        out
    }
}

/// The name of a step with more behind it, and its condition below.
fn label(step: &OutlineStep, more: &str) -> String {
    let condition = step.condition().map(|it| format!("<br/>{}", escape(&it)));
    let condition = condition.unwrap_or_default();
    format!("{}{more}{condition}", escape(&step.name))
}

/// A name within quotes: what is neither letter, digit nor harmless becomes an entity.
fn escape(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            ' ' | '.' | ',' | '-' | '(' | ')' => out.push(c),
            _ if c.is_alphanumeric() => out.push(c),
            // Writing to a string cannot fail.
            _ => drop(write!(out, "#{};", u32::from(c))),
        }
    }
    out
}
