//! A recipe as a Mermaid flowchart, for Markdown pages. Mermaid places things by itself.

use std::fmt::Write;

use crate::chart::Outline;

impl Outline {
    /// As a Mermaid flowchart.
    pub fn mermaid(&self) -> String {
        let mut out = "flowchart TD\n".to_owned();
        self.nest(&mut |event| match event {
            super::Nested::Step(step, depth) => {
                let label = escape(&self.steps[step].name);
                let _ = writeln!(
                    out,
                    "{:depth$}s{step}[\"{label}\"]",
                    "",
                    depth = 4 * (depth + 1)
                );
            }
            super::Nested::Open(step, depth) => {
                let mode = self.steps[step].mode.map_or("", |mode| mode.words());
                let label = escape(&self.steps[step].name);
                let indent = 4 * (depth + 1);
                let _ = writeln!(out, "{:indent$}subgraph s{step}[\"{label} ({mode})\"]", "");
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
