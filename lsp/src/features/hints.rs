//! Inlay hints: what a recipe does not say in words, where it stands. The value of a variable behind
//! the reference to it, seconds as people say them, and how long all attempts of a step may take.

use std::collections::HashMap;

use recipe::language::Role;
use recipe::model::{Arg, Field, Step, Text};
use recipe::plan::{Retry, attempt_limit};
use recipe::reference::ReferenceKind;
use recipe::{Analysis, Mask, Span};
use runner::visible::escaped;

use recipe::seconds::{duration, in_short, in_words};

/// As many characters of a value are shown.
const LONGEST: usize = 32;

/// What is shown within the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hint {
    /// Behind this.
    pub(crate) offset: usize,
    /// What is shown.
    pub(crate) label: String,
    /// What more there is to say.
    pub(crate) more: Option<String>,
}

/// Which hints the user wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Values of variables.
    pub(crate) values: bool,
    /// Seconds in words.
    pub(crate) durations: bool,
    /// How long all attempts take.
    pub(crate) retries: bool,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            values: true,
            durations: true,
            retries: true,
        }
    }
}

/// The hints in a part of a recipe, in order of place.
pub(crate) fn hints(analysis: &Analysis, part: Span, wanted: Wanted) -> Vec<Hint> {
    let recipe = &analysis.recipe;
    let (mut found, mask) = (Vec::new(), analysis.mask());
    let mut known = HashMap::new();
    let is_here = |span: Span| span.start <= part.end && part.start <= span.end;
    let mut in_text = |text: &Text| {
        if wanted.values && is_here(text.span) {
            found.extend(values(analysis, &mask, text, &mut known));
        }
    };
    let texts = recipe.variables.iter().filter_map(|it| it.value.as_ref());
    texts.for_each(&mut in_text);
    let steps = || recipe.steps.iter().filter(|step| is_here(step.span));
    steps().for_each(|step| step.each_text(&mut in_text));
    for step in steps() {
        if wanted.durations {
            each_field(step, &mut |field| found.extend(in_seconds(field)));
        }
        if wanted.retries {
            found.extend(attempts(step));
        }
    }
    found.retain(|hint| part.touches(hint.offset));
    found.sort_by_key(|hint| hint.offset);
    found
}

/// The values of the variables that a text refers to, each once in a line. What was found out of a variable is
/// in `known`.
fn values<'a>(
    analysis: &'a Analysis,
    mask: &Mask,
    text: &Text,
    known: &mut HashMap<String, Option<&'a str>>,
) -> Vec<Hint> {
    let mut found: Vec<(&str, Hint)> = Vec::new();
    for reference in &text.references {
        let ReferenceKind::Variable(name) = &reference.kind else {
            continue;
        };
        let offset = reference.span.end;
        let line = analysis.text[..offset].rfind('\n');
        let mut in_line = found
            .iter()
            .rev()
            .map_while(|(shown, hint)| (Some(hint.offset) > line).then_some(*shown));
        let is_shown = in_line.any(|shown| shown == name);
        // In shell text `\${name}` is the shell's.
        let before = &text.as_str()[..reference.range.start];
        let is_escaped = text.role == Role::Shell && before.ends_with('\\');
        let look = || value(analysis, mask, name);
        let value = *known.entry(name.clone()).or_insert_with(look);
        if let Some(value) = value.filter(|_| !is_shown && !is_escaped) {
            let label = format!("= {}", short(value));
            let more = None;
            found.push((
                name,
                Hint {
                    offset,
                    label,
                    more,
                },
            ));
        }
    }
    found.into_iter().map(|(_, hint)| hint).collect()
}

/// What the variable stands for, where the text alone tells that, and nothing in it is or looks like a
/// secret.
fn value<'a>(analysis: &'a Analysis, mask: &Mask, name: &str) -> Option<&'a str> {
    let variables = &analysis.variables;
    let is_broken = variables
        .too_long
        .iter()
        .chain(variables.cycles.iter().flatten());
    if analysis.names.is_set_by_step(name) || is_broken.into_iter().any(|it| it == name) {
        return None;
    }
    let value = variables.value(name)?.as_text()?;
    // A credential may come about only where variables meet.
    let line = format!("{name} = \"{value}\"");
    (!mask.hides(value) && recipe::masked(&line) == line).then_some(value)
}

/// The beginning of a value, on one line.
fn short(value: &str) -> String {
    if value.trim().is_empty() {
        return format!("{value:?}");
    }
    let line = value.trim().lines().next().unwrap_or_default();
    let mut short: String = line.chars().take(LONGEST).collect();
    if short.len() < value.trim().len() {
        short.push('…');
    }
    escaped(&short)
}

/// A number of seconds in words.
fn in_seconds(field: &Field) -> Option<Hint> {
    let seconds = match field.value {
        Arg::Integer(seconds) => u64::try_from(seconds).ok()?,
        // From here on a float has no seconds left to tell.
        Arg::Number(seconds) if seconds.fract() == 0.0 && (0.0..1e15).contains(&seconds) => {
            seconds as u64
        }
        _ => return None,
    };
    let words = duration(seconds).filter(|_| field.spec.name.ends_with("_secs"))?;
    Some(Hint {
        offset: field.span.end,
        label: format!("= {words}"),
        more: None,
    })
}

/// How long a step takes if every attempt takes as long as it may.
fn attempts(step: &Step) -> Option<Hint> {
    let field = step.fields.get("retry")?;
    let retry = Retry::of(&step.fields).filter(|retry| retry.max_attempts > 1)?;
    let count = retry.max_attempts;
    let waits = retry.all_waits();
    let waited = in_words(waits.as_secs());
    // Editors cut hints that are long; the tooltip says it all.
    let (label, more) = match attempt_limit(step) {
        Some(limit) => {
            let all = limit.saturating_mul(count).saturating_add(waits).as_secs();
            let limit = in_words(limit.as_secs());
            (
                format!("at most {}", in_short(all)),
                format!(
                    "{count} attempts of at most {limit}, and {waited} of waiting between them: {}.",
                    in_words(all)
                ),
            )
        }
        None => (
            format!("waits {} in all", in_short(waits.as_secs())),
            format!(
                "{count} attempts, and {waited} of waiting between them. How long an attempt may take is not \
                 limited: `timeout_secs` does that."
            ),
        ),
    };
    Some(Hint {
        offset: field.span.end,
        label,
        more: Some(more),
    })
}

fn each_field<'a>(step: &'a Step, visit: &mut dyn FnMut(&'a Field)) {
    step.fields.each_field(visit);
    for operation in &step.operations {
        operation.fields.each_field(visit);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use recipe::Analyser;

    use super::*;

    /// The text with its hints in it, as `⟨…⟩`.
    fn shown(text: &str, wanted: Wanted) -> String {
        let analysis = Analyser::default().analyse(Arc::from(text), Some("a.recipe.toml"));
        let mut shown = text.to_owned();
        let all = Span::new(0, text.len());
        for hint in hints(&analysis, all, wanted).into_iter().rev() {
            shown.insert_str(hint.offset, &format!("⟨{}⟩", hint.label));
        }
        shown
    }

    fn all(text: &str) -> String {
        shown(text, Wanted::default())
    }

    #[test]
    fn values_stand_behind_references_once_in_a_line() {
        let recipe = "[variables]\nname = 'bert'\npath = '/models/${name}'\nlong = 'a long value that nobody wants to read whole here'\nnone = ''\n\
            [[step]]\nid = 'a'\nwhen = '${name} == \"bert\"'\nssh_command = { command = \"\"\"\nls ${path} ${path} ${HOME}\nls ${path} ${long}${none} \\\\${name}\n\"\"\" }\n";
        let shown = all(recipe);
        for expected in [
            "'/models/${name}⟨= bert⟩'",
            "when = '${name}⟨= bert⟩ ==",
            "ls ${path}⟨= /models/bert⟩ ${path} ${HOME}\n",
            "ls ${path}⟨= /models/bert⟩ ${long}⟨= a long value that nobody wants t…⟩${none}⟨= \"\"⟩ \\\\${name}\n",
        ] {
            assert!(shown.contains(expected), "{expected}:\n{shown}");
        }
    }

    #[test]
    fn what_is_secret_or_not_known_yet_is_not_shown() {
        let recipe = "[variables]\ntoken = '${secret:a/b}'\nboth = 'x${token}'\nwritten = 'ghp_ptgUzEjfebzJ6sZWdoHIxrXl0gqn87b1PZqZ'\n\
            api_key = 'q8Zr1LmX0vTn5KcYw3HdJ7sB'\nhost = '${target}'\nset = 'first'\nround = '${trip}'\ntrip = '${round}'\n\
            [[step]]\nid = 'a'\nset_var = { name = 'set', value = 'x' }\n[[step]]\nid = 'b'\ndepends_on = ['a']\n\
            ssh_command = { command = 'x ${both} ${written} ${api_key} ${host} ${set} ${round} ${step.a.output}' }\n";
        assert_eq!(all(recipe), recipe);
    }

    #[test]
    fn seconds_are_said_in_words_where_that_helps() {
        let recipe = "[[step]]\nid = 'a'\ntimeout_secs = 5_400\nsleep = { duration_secs = 59 }\n[[step]]\nid = 'b'\n\
            [step.wait_condition]\ncondition = 'always'\ntimeout_secs = 86400\npoll_interval_secs = 60\n";
        let shown = all(recipe);
        assert!(shown.contains("5_400⟨= 1 hour 30 minutes⟩\n"), "{shown}");
        assert!(shown.contains("= 59 }"), "{shown}");
        assert!(
            shown.contains("86400⟨= 1 day⟩\npoll_interval_secs = 60⟨= 1 minute⟩\n"),
            "{shown}"
        );
    }

    #[test]
    fn all_attempts_of_a_step_are_counted() {
        let shown = |retry: &str, operation: &str| {
            let text = format!("[[step]]\nid = 'a'\n{retry}\n{operation}\n");
            let wanted = Wanted {
                durations: false,
                ..Wanted::default()
            };
            shown(&text, wanted)
                .lines()
                .nth(2)
                .map(str::to_owned)
                .unwrap_or_default()
        };
        let command = "ssh_command = { command = 'x', timeout_secs = 600 }";
        let open = "ssh_command = { command = 'x' }";
        let waits = "condition = { file_exists = { path = '/x' } }";
        assert_eq!(
            shown(
                "retry = { max_attempts = 3, delay_secs = 5, backoff_multiplier = 2 }",
                command
            ),
            "retry = { max_attempts = 3, delay_secs = 5, backoff_multiplier = 2 }⟨at most 30 min 15 s⟩"
        );
        assert_eq!(shown("retry = {}", open), "retry = {}⟨waits 10 s in all⟩");
        assert_eq!(
            shown("retry = {}", &format!("wait_condition = {{ {waits} }}")),
            "retry = {}⟨at most 15 min 10 s⟩"
        );
        assert_eq!(
            shown("retry = { max_attempts = 1 }", open),
            "retry = { max_attempts = 1 }"
        );
        assert_eq!(
            shown(
                "[step.retry]\nmax_attempts = 2",
                &format!("[step.ssh_command]\n{}", "command = 'x'")
            ),
            "[step.retry]⟨waits 5 s in all⟩"
        );
        assert_eq!(
            shown("retry.max_attempts = 2", open),
            "retry.max_attempts = 2⟨waits 5 s in all⟩"
        );
    }

    #[test]
    fn only_what_is_asked_for_is_told() {
        let recipe = "[variables]\na = 'x'\n[[step]]\nid = 'a'\ntimeout_secs = 60\nretry = {}\nset_var = { name = 'b', value = '${a}' }\n";
        let none = Wanted {
            values: false,
            durations: false,
            retries: false,
        };
        assert_eq!(shown(recipe, none), recipe);
        let analysis = Analyser::default().analyse(Arc::from(recipe), Some("a.recipe.toml"));
        let line = recipe.find("timeout_secs = 60").expect("it is there");
        let found = hints(&analysis, Span::new(line, line + 17), Wanted::default());
        assert_eq!(
            found.iter().map(|it| it.label.as_str()).collect::<Vec<_>>(),
            ["= 1 minute"]
        );
    }
}
