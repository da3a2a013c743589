//! Code actions: the fixes of what is wrong, the comment that allows it, how to store a secret that is missing, what can be
//! run (every lens has an action, since not every client shows lenses), and the changes of [`super::refactor`].

use recipe::checks::allow_here;
use recipe::diagnostic::{Diagnostic, Edit};
use recipe::syntax::ValueKind;
use recipe::{Analysis, SecretName, Span};

use super::{Offered, lenses, refactor, wording};
use crate::commands::{Command, RunRequest};

/// Something that the user can have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Action {
    pub(crate) title: String,
    pub(crate) kind: Kind,
    pub(crate) effect: Effect,
    /// What it repairs, if it repairs something.
    pub(crate) repairs: Option<Diagnostic>,
    /// Whether it is the best of those that repair something here.
    pub(crate) is_preferred: bool,
}

/// What sort of thing an action is: clients ask for some, and show each in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Something to have done, such as a run.
    Command,
    /// Mends what is wrong.
    Fix,
    /// Gives a part of the text a name.
    Extract,
    /// Puts what a name stands for in its place.
    Inline,
    /// Writes the same in another way.
    Rewrite,
    /// Brings the steps into the order in which they run.
    Sort,
    /// Mends all in the file that can be mended without a doubt.
    FixAll,
}

/// What an action does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Changes the text.
    Edit(Vec<Edit>),
    /// Has the server do something.
    Command(Command),
}

/// What can be done at `span`, of the kinds that are asked for. `found` is what is wrong with the whole recipe,
/// `offered` what its last run left to offer.
pub(crate) fn actions(
    analysis: &Analysis,
    uri: &str,
    span: Span,
    found: &[Diagnostic],
    offered: Offered,
    wants: &dyn Fn(Kind) -> bool,
) -> Vec<Action> {
    let of_key = value_of_key(analysis, span);
    let is_here = |it: &&Diagnostic| {
        it.span.start <= span.end && span.start <= it.span.end || of_key == Some(it.span)
    };
    let mut all = Vec::new();
    for diagnostic in found.iter().filter(is_here) {
        all.extend(repairs(analysis, diagnostic));
    }
    prefer_one(&mut all);
    all.extend(refactor::changes(analysis, span, found, wants));
    all.extend(offered.wanted.iter().cloned().map(Action::command));
    let whole = RunRequest::whole(uri);
    let step = wording::step_at(analysis, span.start).and_then(|it| analysis.recipe.steps[it].id());
    if let Some(id) = step {
        let failed = offered.for_failed(&id.value);
        let has_failed = !failed.is_empty();
        all.extend(failed.into_iter().map(Action::command));
        let title = format!("Run step '{}'", id.value);
        all.push(Action::command(Command::run(
            &title,
            &whole.clone().only(&id.value),
        )));
        let title = format!("Run from step '{}' on", id.value);
        let onwards = lenses::onwards(analysis, uri, &id.value, &title);
        all.extend(onwards.filter(|_| !has_failed).map(Action::command));
    }
    all.push(Action::command(Command::run("Run recipe", &whole)));
    all.push(Action::command(Command::run("Dry run", &whole.dry())));
    let shown = step.map(|id| Command::show_resolved(uri, &id.value));
    all.extend(shown.map(Action::command));
    all.retain(|action| wants(action.kind));
    all
}

/// The value of the key at `span`: what is wrong with it as a whole, such as a key that it lacks, is mended from there
/// too, which is where one looks for that.
fn value_of_key(analysis: &Analysis, span: Span) -> Option<Span> {
    let tree = &analysis.tree;
    let table = tree
        .tables
        .partition_point(|it| it.header.start <= span.start);
    let mut table = match table.checked_sub(1) {
        Some(last) => &tree.tables[last].table,
        None => &tree.root,
    };
    loop {
        let mut entries = table.entries.iter();
        let entry = entries.find(|it| it.span.touches(span.start))?;
        match &entry.value.kind {
            _ if entry.key.span.touches(span.start) => return Some(entry.value.span),
            ValueKind::Table(inner) => table = inner,
            _ => return None,
        }
    }
}

/// Leaves one that is preferred at a place, which is what an editor does without a question: what mends the worst.
fn prefer_one(actions: &mut [Action]) {
    let severity = |it: &Action| it.repairs.as_ref().map(|it| it.severity);
    let preferred = actions.iter().enumerate().filter(|(_, it)| it.is_preferred);
    let best = preferred
        .min_by_key(|(_, it)| severity(it))
        .map(|(index, _)| index);
    for (index, action) in actions.iter_mut().enumerate() {
        action.is_preferred = Some(index) == best;
    }
}

/// What mends a diagnostic. A secret that is missing cannot be stored from here: the user is told how.
fn repairs(analysis: &Analysis, diagnostic: &Diagnostic) -> Vec<Action> {
    let fix = |(index, fix): (usize, &recipe::diagnostic::Fix)| Action {
        kind: Kind::Fix,
        title: fix.title.clone(),
        effect: Effect::Edit(fix.edits.clone()),
        repairs: Some(diagnostic.clone()),
        is_preferred: index == 0 && diagnostic.fixes.len() == 1,
    };
    let mut actions: Vec<Action> = diagnostic.fixes.iter().enumerate().map(fix).collect();
    let name = SecretName::parse(&analysis.text[diagnostic.span.range()]);
    if let ("missing-secret", Ok(name)) = (diagnostic.code, name) {
        let command = Command::how_to_store(&name);
        actions.push(Action {
            kind: Kind::Fix,
            repairs: Some(diagnostic.clone()),
            ..Action::command(command)
        });
    }
    actions.extend(allow_here(analysis, diagnostic).map(|fix| Action {
        kind: Kind::Fix,
        title: fix.title,
        effect: Effect::Edit(fix.edits),
        repairs: Some(diagnostic.clone()),
        is_preferred: false,
    }));
    actions
}

impl Action {
    pub(crate) fn command(command: Command) -> Self {
        Self {
            title: command.title.clone(),
            kind: Kind::Command,
            effect: Effect::Command(command),
            repairs: None,
            is_preferred: false,
        }
    }

    /// One that changes the text as somebody wishes, not because something is wrong.
    pub(crate) fn change(kind: Kind, title: String, edits: Vec<Edit>) -> Self {
        Self {
            title,
            kind,
            effect: Effect::Edit(edits),
            repairs: None,
            is_preferred: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use recipe::diagnostic::Severity;

    use super::*;
    use crate::features::testing::at_cursor;

    /// The titles at `$0`, those that repair something with a mark.
    fn check(text: &str, found: &[Diagnostic]) -> Vec<String> {
        let (analysis, offset) = at_cursor(text);
        let span = Span::at(offset);
        let again = RunRequest::whole("file:///a").starting_at("failed");
        let offered = Offered {
            again: vec![("failed".to_owned(), again)],
            ..Offered::default()
        };
        let actions = actions(&analysis, "file:///a", span, found, offered, &|_| true);
        let title = |action: Action| match action.repairs {
            Some(_) => format!("! {}", action.title),
            None => action.title,
        };
        actions.into_iter().map(title).collect()
    }

    #[test]
    fn what_is_wrong_here_is_mended_and_everything_can_be_run() {
        let text = "[[step]]\nid = 'a'\nwhe$0n = 'x'\n";
        let here = Diagnostic::new("unknown-key", Severity::Error, Span::new(18, 22), "").fix(
            "Change to 'name'",
            Span::new(18, 22),
            "name",
        );
        let elsewhere = Diagnostic {
            span: Span::new(0, 8),
            ..here.clone()
        };
        let expected = [
            "! Change to 'name'",
            "Run step 'a'",
            "Run recipe",
            "Dry run",
            "Show what step 'a' sends",
        ];
        assert_eq!(check(text, &[here, elsewhere]), expected);
    }

    /// The titles of what repairs something at `$0`, with a mark on what is preferred.
    fn repairs_at(text: &str) -> Vec<String> {
        let (analysis, offset) = at_cursor(text);
        let found = analysis.diagnostics(&recipe::Facts::default());
        let offered = Offered::default();
        let span = Span::at(offset);
        let fixes = |kind| kind == Kind::Fix;
        let actions = actions(&analysis, "file:///a", span, &found, offered, &fixes);
        let title = |action: Action| match action.is_preferred {
            true => format!("* {}", action.title),
            false => action.title,
        };
        actions.into_iter().map(title).collect()
    }

    #[test]
    fn one_fix_is_preferred_at_a_place() {
        let step = |operation: &str| {
            format!("[recipe]\nname = 'x'\n[[step]]\nid = 'a'\nssh_command = {operation}\n")
        };
        assert_eq!(
            repairs_at(&step("{co$0mand = \"ls\"}")),
            ["* Change to 'command'"]
        );
        assert_eq!(
            repairs_at(&step("{ command = 'ls', capture_output = 'my$0-var' }")),
            [
                "* Change to 'my_var'",
                "Remove 'capture_output'",
                "Allow unused-capture here"
            ]
        );
    }

    #[test]
    fn what_a_table_lacks_is_added_from_its_key_too() {
        let add = ["* Add 'repo_url' and 'destination'"];
        for operation in [
            "git_cl$0one = { depth = 1 }",
            "$0git_clone = { depth = 1 }",
            "git_clone$0 = { depth = 1 }",
            "git_clone = { dep$0th = 1 }",
            "git_clo$0ne.depth = 1",
            "[step.git_cl$0one]\ndepth = 1",
        ] {
            let text = format!("[recipe]\nname = 'x'\n[[step]]\nid = 'a'\n{operation}\n");
            assert_eq!(repairs_at(&text), add, "{operation}");
        }
        let inner = "wait_condition = { condition = { file$0_exists = {} } }";
        let text = format!("[recipe]\nname = 'x'\n[[step]]\nid = 'a'\n{inner}\n");
        assert_eq!(repairs_at(&text), ["* Add 'path'"]);
    }

    #[test]
    fn a_step_that_failed_is_where_one_goes_on() {
        let text = "[[step]]\nid = 'failed'\nna$0me = 'x'\n";
        let expected = [
            "Run again from here",
            "Show log",
            "Run step 'failed'",
            "Run recipe",
            "Dry run",
            "Show what step 'failed' sends",
        ];
        assert_eq!(check(text, &[]), expected);
    }

    #[test]
    fn who_misses_a_secret_is_told_how_to_store_it() {
        let text = "[variables]\na = '${secret:github/to$0ken}'\n";
        let start = text.find("github").expect("the name");
        let span = Span::new(start, start + "github/token".len());
        let missing = Diagnostic::new("missing-secret", Severity::Warning, span, "");
        let shown = check(text, &[missing]);
        assert_eq!(
            shown,
            [
                "! How to store 'github/token'",
                "! Allow missing-secret here",
                "Run recipe",
                "Dry run"
            ]
        );
    }
}
