//! Code lenses: what can be run, above `[recipe]` and above each `[[step]]`.

use recipe::{Analysis, Span};

use super::Offered;
use crate::commands::{Command, RunRequest};

/// A command above a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lens {
    /// The header that it stands above.
    pub(crate) span: Span,
    pub(crate) command: Command,
}

/// The lenses of a recipe. `offered` is what its last run left to offer.
pub(crate) fn lenses(analysis: &Analysis, uri: &str, offered: Offered) -> Vec<Lens> {
    let recipe = &analysis.recipe;
    let top = recipe.meta.as_ref().map_or(Span::at(0), |meta| meta.span);
    let whole = RunRequest::whole(uri);
    let on_top = offered.wanted.iter().cloned().chain([
        Command::run("Run recipe", &whole),
        Command::run("Dry run", &whole.clone().dry()),
    ]);
    let mut all: Vec<Lens> = on_top.map(|command| Lens { span: top, command }).collect();
    for step in &recipe.steps {
        if let Some(id) = step.id() {
            let request = RunRequest::whole(uri).only(&id.value);
            let failed = offered.for_failed(&id.value);
            let onwards = onwards(analysis, uri, &id.value, "Run from here");
            let onwards = onwards.filter(|_| failed.is_empty());
            let run = [Command::run("Run step", &request)];
            let on_step = failed.into_iter().chain(run).chain(onwards);
            let span = step.fields.span;
            all.extend(on_step.map(|command| Lens { span, command }));
        }
    }
    all
}

/// Runs a step and what depends on it, if anything does.
pub(super) fn onwards(analysis: &Analysis, uri: &str, step: &str, title: &str) -> Option<Command> {
    let known = analysis.names.steps.get(step)?;
    let request = RunRequest::whole(uri).starting_at(step);
    (!known.uses.is_empty()).then(|| Command::run(title, &request))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::at_cursor;

    #[test]
    fn a_recipe_and_each_step_can_be_run() {
        let text = "$0[recipe]\nname = 'x'\n[[step]]\nid = 'a'\n[[step]]\nname = 'no id'\n[[step]]\nid = 'b'\n[[step]]\ndepends_on = ['a', 'b']\n";
        let (analysis, _) = at_cursor(text);
        let again = RunRequest::whole("file:///a").starting_at("a");
        let offered = Offered {
            again: vec![("a".to_owned(), again)],
            ..Offered::default()
        };
        let shown: Vec<String> = lenses(&analysis, "file:///a", offered)
            .into_iter()
            .map(|lens| {
                let header = &analysis.text[lens.span.range()];
                format!("{header} {} {}", lens.command.title, lens.command.argument)
            })
            .collect();
        assert_eq!(
            shown,
            [
                r#"[recipe] Run recipe {"uri":"file:///a"}"#,
                r#"[recipe] Dry run {"dryRun":true,"uri":"file:///a"}"#,
                r#"[[step]] Run again from here {"from":"a","uri":"file:///a"}"#,
                r#"[[step]] Show log {"uri":"file:///a"}"#,
                r#"[[step]] Run step {"step":"a","uri":"file:///a"}"#,
                r#"[[step]] Run step {"step":"b","uri":"file:///a"}"#,
                r#"[[step]] Run from here {"from":"b","uri":"file:///a"}"#,
            ]
        );
    }
}
