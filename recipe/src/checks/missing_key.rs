use super::{Check, Context, Run, edits};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::language::{CONDITIONS, Kind, NameKind, Operation, Param};
use crate::model::{Fields, Problem};
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
        } => Some((span, owner, spec)),
        _ => None,
    };
    let all: Vec<_> = context.recipe.problems.iter().filter_map(missing).collect();
    // Of one table they stand together.
    for of_table in all.chunk_by(|one, other| one.0 == other.0) {
        let specs: Vec<&Param> = of_table.iter().map(|(_, _, spec)| *spec).collect();
        for (span, owner, spec) in of_table {
            let message = match span.is_empty() {
                true => format!("this recipe has no {owner} table, which says what it is called"),
                false => format!(
                    "{owner} needs the key '{}': {}",
                    spec.name,
                    lower_first(spec.doc)
                ),
            };
            let mut diagnostic = CHECK.at(*span, message);
            diagnostic.fixes.extend(fix(context, *span, &[*spec]));
            if specs.len() > 1 {
                diagnostic.fixes.extend(fix(context, *span, &specs));
            }
            found.push(diagnostic);
        }
    }
}

/// Adds the keys that are missing from the table at `span`, with values to write over.
fn fix(context: &Context<'_>, span: Span, specs: &[&Param]) -> Option<Fix> {
    if span.is_empty() {
        return add_recipe(context);
    }
    let fields = Fields {
        span,
        items: Vec::new(),
    };
    let separator = match context.text[span.range()].starts_with('{') {
        true => ", ",
        false => edits::newline(context.text),
    };
    let mut written = String::new();
    for (index, spec) in specs.iter().enumerate() {
        let key = match index {
            0 => String::new(),
            _ => format!("{separator}{} = ", spec.name),
        };
        written += &format!("{key}{}", placeholder(context, spec)?);
    }
    let edit = edits::insert_key(context.text, &fields, specs.first()?.name, &written)?;
    let names: Vec<String> = specs
        .iter()
        .map(|spec| format!("'{}'", spec.name))
        .collect();
    Some(Fix {
        title: format!("Add {}", names.join(", ")),
        edits: vec![edit],
    })
}

/// Puts the table first, or below the keys that stand before any header: they would be its own otherwise.
fn add_recipe(context: &Context<'_>) -> Option<Fix> {
    let (text, tree) = (context.text, &context.analysis.tree);
    let newline = edits::newline(text);
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
