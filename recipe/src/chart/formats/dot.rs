//! A recipe in the language of Graphviz, which places things by itself.

use std::collections::HashSet;
use std::fmt::Write;

use crate::chart::{Outline, OutlineStep, Wait};

impl Outline {
    /// As a Graphviz graph: `dot -Tsvg`.
    pub fn dot(&self) -> String {
        let mut out = format!("digraph {} {{\n", quoted(&self.name));
        out +=
            "    compound=true;\n    node [shape=box, style=rounded, fontname=\"sans-serif\"];\n";
        out += "    graph [fontname=\"sans-serif\", style=rounded];\n";
        self.nest(&mut |event| {
            let _ = match event {
                super::Nested::Step(step, depth) => {
                    let label = label(&self.steps[step], "");
                    let indent = 4 * (depth + 1);
                    writeln!(out, "{:indent$}s{step} [label={label}];", "")
                }
                super::Nested::Open(step, depth) => {
                    let mode = self.steps[step].mode.map_or("", |mode| mode.words());
                    let label = label(&self.steps[step], &format!(" ({mode})"));
                    let (indent, inner) = (4 * (depth + 1), 4 * (depth + 2));
                    let _ = writeln!(out, "{:indent$}subgraph cluster_s{step} {{", "");
                    writeln!(out, "{:inner$}label={label};", "")
                }
                super::Nested::Close(depth) => {
                    writeln!(out, "{:depth$}}}", "", depth = 4 * (depth + 1))
                }
            };
        });
        let inside = self.representatives();
        for wait in self.drawn_waits() {
            let _ = writeln!(out, "    {};", self.edge(wait, &inside));
        }
        out + "}\n"
    }

    /// Graphviz knows edges between nodes only: one of a group starts or ends at a step in it, and is
    /// cut off at the box.
    fn edge(&self, wait: Wait, inside: &[usize]) -> String {
        let mut ends = Vec::new();
        if inside[wait.on] != wait.on {
            ends.push(format!("ltail=cluster_s{}", wait.on));
        }
        if inside[wait.step] != wait.step {
            ends.push(format!("lhead=cluster_s{}", wait.step));
        }
        let ends = match ends.is_empty() {
            true => String::new(),
            false => format!(" [{}]", ends.join(", ")),
        };
        format!("s{} -> s{}{ends}", inside[wait.on], inside[wait.step])
    }

    /// For each group that holds a step, one of these; for all else, itself.
    fn representatives(&self) -> Vec<usize> {
        let mut inside: Vec<usize> = (0..self.steps.len()).collect();
        let groups: HashSet<usize> = self.steps.iter().filter_map(|step| step.group).collect();
        for index in (0..self.steps.len()).filter(|index| !groups.contains(index)) {
            let mut around = self.steps[index].group;
            while let Some(group) = around.filter(|group| inside[*group] == *group) {
                inside[group] = index;
                around = self.steps[group].group;
            }
        }
        inside
    }
}

/// The name of a step with more behind it, and its condition below.
fn label(step: &OutlineStep, more: &str) -> String {
    let condition = step.condition().map(|it| format!("\n{it}"));
    let condition = condition.unwrap_or_default();
    quoted(&format!("{}{more}{condition}", step.name)).replace('\n', "\\n")
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}
