//! What `shellcheck` says of the shell texts of a recipe. It is run by others: this knows which scripts
//! there are, which of its remarks mean nothing here, and where in the file each stands.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use crate::analysis::Analysis;
use crate::diagnostic::Severity;
use crate::findings::ShellFindingKind;
use crate::language::Role;
use crate::model::Text;
use crate::resolve::is_too_long;
use crate::resolve::shell::{Pasted, paste};
use crate::shell::with_stand_ins;
use crate::span::Span;

/// Remarks by script.
pub type Remarks = HashMap<String, Arc<[Remark]>>;

/// One remark about a script. Lines and columns start at 1; columns count Unicode scalar values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Where it starts: line and column.
    pub start: (usize, usize),
    /// Where it ends.
    pub end: (usize, usize),
    /// How bad it is: at most a warning.
    pub severity: Severity,
    /// `2086` of `SC2086`.
    pub code: u32,
    /// What is wrong.
    pub message: String,
}

/// Remarks that mean nothing of a piece of a recipe, which takes its variables from elsewhere, leaves some
/// for elsewhere, and in which a word stands for a value that is not known yet.
pub const MEANINGLESS: &[u32] = &[
    1090, 1091, // a file that cannot be followed
    2034, // a variable that nobody uses
    2050, 2157, 2158, 2159, 2160, 2161, 2194, // something constant
    2148, // no first line that names a shell
    2154, // a variable that nobody sets
];

impl Analysis {
    /// The scripts that are worth a look, as they run, with a word in the place of each value. Those that
    /// bash cannot read are not among them.
    pub fn scripts(&self) -> BTreeSet<String> {
        let mut scripts = BTreeSet::new();
        if self.is_recipe {
            each(self, &mut |_, _, script| {
                scripts.insert(script);
            });
        }
        scripts
    }
}

/// What is said of the scripts of `analysis`, each remark at its place in the file.
pub(crate) fn placed(analysis: &Analysis, remarks: &Remarks) -> Vec<(Span, Remark)> {
    let mut found = Vec::new();
    if !remarks.is_empty() {
        each(analysis, &mut |text, pasted, script| {
            for remark in remarks.get(&script).into_iter().flat_map(|it| it.iter()) {
                if !MEANINGLESS.contains(&remark.code) {
                    let range = offset(&script, remark.start)..offset(&script, remark.end);
                    found.push((span(text, pasted, &range), remark.clone()));
                }
            }
        });
    }
    found
}

fn each<'a>(analysis: &'a Analysis, visit: &mut dyn FnMut(&'a Text, &Pasted, String)) {
    let (names, variables) = (&analysis.names, &analysis.variables);
    let broken = analysis.shell();
    let broken: Vec<Span> = broken
        .filter(|it| matches!(it.kind, ShellFindingKind::Broken(_)))
        .map(|it| it.span)
        .collect();
    for operation in analysis.recipe.steps.iter().flat_map(|it| &it.operations) {
        operation.fields.each_text(&mut |text| {
            // Of a string that does not end nobody knows what belongs to the command.
            let open = || (analysis.tree.errors.iter()).any(|error| error.span.covers(text.span));
            let is_broken = || broken.iter().any(|span| text.span.covers(*span)) || open();
            if text.role != Role::Shell || is_too_long(text, names, variables) || is_broken() {
                return;
            }
            let pasted = paste(text, names, variables, &|id| names.step_index(id));
            if let Some(script) = with_stand_ins(&pasted.text, &pasted.marks) {
                visit(text, &pasted, script);
            }
        });
    }
}

/// Where a range of the script stands in the file.
fn span(text: &Text, pasted: &Pasted, range: &Range<usize>) -> Span {
    pasted.span_of(text, &(range.start..range.end.max(range.start)))
}

/// The byte at a line and column.
fn offset(script: &str, (line, column): (usize, usize)) -> usize {
    let mut lines = script.split_inclusive('\n');
    let before: usize = lines
        .by_ref()
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let line = lines.next().unwrap_or_default();
    let inside = line.char_indices().nth(column.saturating_sub(1));
    before + inside.map_or(line.trim_end_matches('\n').len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use crate::Analyser;

    #[test]
    fn a_string_that_does_not_end_is_no_script() {
        let scripts = |command: &str| {
            let step = format!(
                "[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\nrun_commands = {{ commands = {command} }}\n"
            );
            let analysis = Analyser::default().analyse(step.into(), None);
            analysis.scripts().len()
        };
        assert_eq!(scripts("\"echo done\""), 1);
        assert_eq!(scripts("\"echo done"), 0);
    }
}
