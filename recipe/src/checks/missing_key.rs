use std::collections::HashMap;

use super::{Check, Context, Run, insertion, newline};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::language::{CONDITIONS, Kind, NameKind, Operation, Param};
use crate::model::Problem;
use crate::span::Span;

pub(super) const CHECK: Check = Check {
    code: "missing-key",
    severity: Severity::Error,
    title: "A required key that is not there",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let missing = |problem| match problem {
        &Problem::MissingKey {
            span,
            ref owner,
            spec,
        } => Some((span, owner.as_str(), spec)),
        _ => None,
    };
    let all: Vec<_> = context.recipe.problems.iter().filter_map(missing).collect();
    let slips = Slips::of(context, !all.is_empty());
    // Of one table they stand together.
    for of_table in all.chunk_by(|one, other| one.0 == other.0) {
        let (span, owner, _) = of_table[0];
        let specs = of_table.iter().map(|(_, _, spec)| *spec);
        let specs: Vec<&Param> = specs
            .filter(|spec| !slips.is_meant(span, owner, spec.name))
            .collect();
        let message = match specs.as_slice() {
            [] => continue,
            _ if span.is_empty() => {
                format!("this recipe has no {owner} table, which says what it is called")
            }
            [spec] => format!(
                "{owner} needs the key '{}': {}",
                spec.name,
                lower_first(spec.doc)
            ),
            specs => {
                let key = |it: &&Param| format!("'{}' ({})", it.name, lower_first(it.doc));
                format!("{owner} needs the keys {}", listed(specs, key))
            }
        };
        let mut diagnostic = CHECK.at(span, message);
        diagnostic.fixes.extend(fix(context, span, &specs));
        found.push(diagnostic);
    }
}

/// Keys that nobody knows, by the step and the table in which they stand: what is missing may be one of them,
/// misspelt, and then that is the mistake.
struct Slips<'c, 'a> {
    context: &'c Context<'a>,
    keys: HashMap<(usize, &'a str), Vec<&'a Problem>>,
}

impl<'c, 'a> Slips<'c, 'a> {
    fn of(context: &'c Context<'a>, are_asked_for: bool) -> Self {
        let mut keys: HashMap<_, Vec<&Problem>> = HashMap::new();
        let problems = context.recipe.problems.iter().filter(|_| are_asked_for);
        for problem in problems {
            if let Problem::UnknownKey { key, owner, .. } = problem {
                let table = (step_before(context, key.span), owner.as_str());
                keys.entry(table).or_default().push(problem);
            }
        }
        Self { context, keys }
    }

    /// Whether the key `name` of the table at `span` is there, misspelt.
    fn is_meant(&self, span: Span, owner: &str, name: &str) -> bool {
        let step = step_before(self.context, span);
        let in_braces = self.context.text[span.range()].starts_with('{');
        let mut keys = self.keys.get(&(step, owner)).into_iter().flatten();
        keys.any(|problem| match problem {
            Problem::UnknownKey { key, known, .. } if !in_braces || span.covers(key.span) => {
                self.context.nearest(&key.value, known.iter().copied()) == Some(name)
            }
            _ => false,
        })
    }
}

/// How many steps begin before `span` ends.
fn step_before(context: &Context<'_>, span: Span) -> usize {
    let steps = &context.recipe.steps;
    steps.partition_point(|step| step.span.start <= span.start)
}

/// `a`, `a and b`, `a, b and c`.
fn listed(specs: &[&Param], shown: impl Fn(&&Param) -> String) -> String {
    let mut shown: Vec<String> = specs.iter().map(shown).collect();
    let last = shown.pop().unwrap_or_default();
    match shown.is_empty() {
        true => last,
        false => format!("{} and {last}", shown.join(", ")),
    }
}

/// Adds the keys that are missing from the table at `span`, with values to write over.
fn fix(context: &Context<'_>, span: Span, specs: &[&Param]) -> Option<Fix> {
    if span.is_empty() {
        return add_recipe(context);
    }
    let values = specs.iter().map(|spec| placeholder(context, spec));
    let values: Vec<String> = values.collect::<Option<_>>()?;
    let keys = specs.iter().map(|spec| spec.name);
    let entries: Vec<(&str, &str)> = keys.zip(values.iter().map(String::as_str)).collect();
    let edit = insertion::first(context.text, span, &entries)?;
    Some(Fix {
        title: format!("Add {}", listed(specs, |it| format!("'{}'", it.name))),
        edits: vec![edit],
    })
}

/// Puts the table first, or below the keys that stand before any header: they would be its own otherwise.
fn add_recipe(context: &Context<'_>) -> Option<Fix> {
    let (text, tree) = (context.text, &context.analysis.tree);
    let newline = newline(text);
    let table = format!("[recipe]{newline}name = \"unnamed\"{newline}");
    let (place, text) = match tree.root.entries.iter().map(|entry| entry.span.end).max() {
        None => {
            let bom = "\u{feff}".len() * usize::from(text.starts_with('\u{feff}'));
            (bom, format!("{table}{newline}"))
        }
        // Where a broken key ends is a guess.
        Some(end) if tree.errors.iter().any(|error| error.span.start <= end) => return None,
        Some(end) => match text[end..].find('\n') {
            Some(line) => (end + line + 1, format!("{newline}{table}")),
            None => (text.len(), format!("{newline}{newline}{table}")),
        },
    };
    Some(Fix {
        title: "Add [recipe]".to_owned(),
        edits: vec![Edit {
            span: Span::at(place),
            text,
        }],
    })
}

/// A value that is well formed, to be written over.
fn placeholder(context: &Context<'_>, spec: &Param) -> Option<String> {
    Some(match spec.kind {
        Kind::Name(NameKind::StepId) => format!("\"{}\"", context.free_step_id()),
        Kind::Name(NameKind::Label) => "\"unnamed\"".to_owned(),
        Kind::Name(_) | Kind::Text(_) => "\"\"".to_owned(),
        Kind::Enumeration(words) => format!("\"{}\"", words.first()?),
        Kind::Integer(_) | Kind::Number(_) => "1".to_owned(),
        Kind::Boolean => "true".to_owned(),
        Kind::Texts(_) | Kind::StepIds | Kind::Conditions => "[]".to_owned(),
        Kind::Map(_) => "{}".to_owned(),
        Kind::Table(params) => table(context, params)?,
        Kind::OneOf(variants) => variant(context, variants.first()?)?,
        Kind::Condition => variant(context, CONDITIONS.first()?)?,
    })
}

fn variant(context: &Context<'_>, variant: &Operation) -> Option<String> {
    let value = match variant.params {
        [only] if only.name.is_empty() => placeholder(context, only)?,
        params => table(context, params)?,
    };
    Some(format!("{{ {} = {value} }}", variant.name))
}

fn table(context: &Context<'_>, params: &[Param]) -> Option<String> {
    let required = params.iter().filter(|param| param.required);
    let entry = |param: &Param| Some(format!("{} = {}", param.name, placeholder(context, param)?));
    let entries: Vec<String> = required.map(entry).collect::<Option<_>>()?;
    Some(match entries.is_empty() {
        true => "{}".to_owned(),
        false => format!("{{ {} }}", entries.join(", ")),
    })
}

fn lower_first(sentence: &str) -> String {
    let mut chars = sentence.chars();
    let first = chars.next().map(|first| first.to_lowercase());
    let rest = chars.as_str().trim_end_matches('.');
    first.into_iter().flatten().chain(rest.chars()).collect()
}
