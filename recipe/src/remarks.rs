//! What `shellcheck` says of the shell texts of a recipe. It is run by others: this knows which scripts
//! there are, which of its remarks mean nothing here, and where in the file each stands.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use crate::analysis::Analysis;
use crate::diagnostic::{Fix, Severity};
use crate::findings::ShellFindingKind;
use crate::language::Role;
use crate::model::Text;
use crate::reference::{ReferenceKind, scan};
use crate::replace;
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
    /// How it would mend that: what it puts in the place of parts of the script.
    pub fix: Vec<Replacement>,
}

/// A part of a repair, at a place that is written as that of a [`Remark`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// Where what is replaced starts.
    pub start: (usize, usize),
    /// Where it ends.
    pub end: (usize, usize),
    /// What stands there then.
    pub text: String,
}

/// Remarks that mean nothing of a piece of a recipe, which takes its variables from elsewhere, leaves some
/// for elsewhere, and in which a word stands for a value that is not known yet.
pub const MEANINGLESS: &[u32] = &[
    1008, 1071, 1084, 1104, 1113, 1114, 1115, 1128, 2096, 2148, 2239,
    2246, // the first line of a file
    1090, 1091, // a file that cannot be followed
    2034, // a variable that nobody uses
    2050, 2157, 2158, 2159, 2160, 2161, 2194, // something constant
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

/// A remark at its place in the file.
pub(crate) struct Placed<'r> {
    pub(crate) span: Span,
    pub(crate) remark: &'r Remark,
    /// What mends it, if that touches nothing but the string's own text.
    pub(crate) fix: Option<Fix>,
}

/// What is said of the scripts of `analysis`.
pub(crate) fn placed<'r>(analysis: &Analysis, remarks: &'r Remarks) -> Vec<Placed<'r>> {
    let mut found = Vec::new();
    if !remarks.is_empty() {
        each(analysis, &mut |text, pasted, script| {
            for remark in remarks.get(&script).map_or(Vec::new(), |it| telling(it)) {
                let range = offset(&script, remark.start)..offset(&script, remark.end);
                found.push(Placed {
                    span: span(text, pasted, &range),
                    remark,
                    fix: fix(&analysis.text, text, pasted, &script, remark),
                });
            }
        });
    }
    found
}

/// The repair of `remark`, made in the string that the script comes from. Nothing where a part of it stands in
/// what a reference brought, or would make or unmake a reference.
fn fix(document: &str, text: &Text, pasted: &Pasted, script: &str, remark: &Remark) -> Option<Fix> {
    let place = |it: &Replacement| offset(script, it.start)..offset(script, it.end);
    let mut parts: Vec<(Range<usize>, &str)> = remark
        .fix
        .iter()
        .map(|it| (place(it), it.text.as_str()))
        .collect();
    parts.sort_by_key(|(range, _)| (range.start, range.end));
    let is_apart = |pair: &[(Range<usize>, &str)]| {
        pair[0].0.start < pair[1].0.start && pair[0].0.end <= pair[1].0.start
    };
    if parts.is_empty() || !parts.windows(2).all(is_apart) {
        return None;
    }
    for (range, new) in &mut parts {
        *range = pasted.own(text, range)?;
        // Behind a backslash a reference is none.
        if new.ends_with('\\') {
            return None;
        }
    }
    let kinds = |text: &str| -> Vec<ReferenceKind> {
        scan(text, true).into_iter().map(|it| it.kind).collect()
    };
    if kinds(&replace::said(text, &parts)) != kinds(text.as_str()) {
        return None;
    }
    let edits = replace::in_place(document, text, &parts)?;
    let place = offset(script, remark.start)..offset(script, remark.end);
    let place = span(text, pasted, &place);
    let place = text.source.decoded_at(place.start)..text.source.decoded_at(place.end);
    let title = title(text, place, remark.code, &parts);
    Some(Fix { title, edits })
}

/// What the place says then, where that is short.
fn title(text: &Text, place: Range<usize>, code: u32, parts: &[(Range<usize>, &str)]) -> String {
    const LONGEST: usize = 60;
    let starts = parts.iter().map(|(range, _)| range.start);
    let ends = parts.iter().map(|(range, _)| range.end);
    let start = starts.fold(place.start, usize::min);
    let end = ends.fold(place.end, usize::max);
    let mut said = text.as_str()[start..end].to_owned();
    for (range, new) in parts.iter().rev() {
        said.replace_range(range.start - start..range.end - start, new);
    }
    match said.len() <= LONGEST && !said.contains('\n') {
        true => format!("Change to '{said}'"),
        false => format!("Change as shellcheck proposes (SC{code})"),
    }
}

/// Of the remarks on one script those that are worth telling. Where shellcheck gives up, which bash does
/// not, its best guess is one of them, and nothing is said of the rest of the script.
fn telling(remarks: &[Remark]) -> Vec<&Remark> {
    // Where it was, what that was in, and that it gives up.
    const GIVEN_UP: &[u32] = &[1072, 1073, 1009];
    let means_something = |it: &&Remark| !MEANINGLESS.contains(&it.code);
    let telling = remarks.iter().filter(means_something);
    if !remarks.iter().any(|it| it.code == GIVEN_UP[0]) {
        return telling.collect();
    }
    let reasons = telling.filter(|it| !GIVEN_UP.contains(&it.code));
    let best = reasons.min_by_key(|it| (it.severity, it.start));
    best.into_iter().collect()
}

fn each<'a>(analysis: &'a Analysis, visit: &mut dyn FnMut(&'a Text, &Pasted, String)) {
    let (names, variables) = (&analysis.names, &analysis.variables);
    let broken = analysis.shell();
    let broken: Vec<Span> = broken
        .filter(|it| matches!(it.kind, ShellFindingKind::Broken { .. }))
        .map(|it| it.span)
        .collect();
    for operation in analysis.recipe.steps.iter().flat_map(|it| &it.operations) {
        operation.fields.each_text(&mut |text| {
            // Of a string that does not end, or ends too early, nobody knows what belongs to the command.
            let spoils = |error: Span| error.covers(text.span) || text.span.touches(error.start);
            let open = || (analysis.tree.errors.iter()).any(|error| spoils(error.span));
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
    use super::*;
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
        assert_eq!(scripts("'echo it's done'"), 0);
    }

    #[test]
    fn of_a_script_that_shellcheck_cannot_read_its_best_guess_is_told() {
        let remark = |(code, severity, column)| Remark {
            start: (1, column),
            end: (1, column),
            severity,
            code,
            message: String::new(),
            fix: Vec::new(),
        };
        let told = |said: &[(u32, Severity, usize)]| -> Vec<u32> {
            let said: Vec<Remark> = said.iter().copied().map(remark).collect();
            telling(&said).into_iter().map(|it| it.code).collect()
        };
        let (bad, note) = (Severity::Warning, Severity::Hint);
        // `ls \\` and `{ls}`.
        let given_up = [(1009, note, 1), (1073, bad, 4), (1072, bad, 5)];
        assert!(told(&given_up).is_empty());
        let brace = [
            (1073, bad, 1),
            (1054, bad, 2),
            (1083, note, 1),
            (1056, bad, 5),
        ];
        assert_eq!(told(&[&brace[..], &[(1072, bad, 5)]].concat()), [1054]);
        assert_eq!(told(&[(2086, note, 1), (1110, bad, 2)]), [2086, 1110]);
        assert_eq!(
            told(&[(1113, bad, 1), (2096, bad, 1), (2086, note, 5)]),
            [2086]
        );
    }
}
