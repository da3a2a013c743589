use super::{Check, Context, Run, edits};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::language::{Kind, NameKind, Param};
use crate::model::{Fields, Problem};
use crate::span::Span;

pub(super) const CHECK: Check = Check {
    code: "missing-key",
    severity: Severity::Error,
    title: "A required key that is not there",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for problem in &context.recipe.problems {
        let Problem::MissingKey { span, owner, spec } = problem else {
            continue;
        };
        let message = match span.is_empty() {
            true => format!("this recipe has no {owner} table, which says what it is called"),
            false => format!(
                "{owner} needs the key '{}': {}",
                spec.name,
                lower_first(spec.doc)
            ),
        };
        let mut diagnostic = CHECK.at(*span, message);
        diagnostic.fixes.extend(fix(context, *span, spec));
        found.push(diagnostic);
    }
}

fn fix(context: &Context<'_>, span: Span, spec: &Param) -> Option<Fix> {
    let value = match spec.kind {
        Kind::Name(NameKind::StepId) => format!("\"{}\"", context.free_step_id()),
        Kind::Name(_) | Kind::Text(_) => "\"\"".to_owned(),
        Kind::Enumeration(words) => format!("\"{}\"", words.first()?),
        Kind::Integer(_) | Kind::Number(_) => "1".to_owned(),
        _ => return None,
    };
    if span.is_empty() {
        let newline = edits::newline(context.text);
        let text = format!(
            "[recipe]{newline}{} = \"unnamed\"{newline}{newline}",
            spec.name
        );
        let bom = "\u{feff}".len() * usize::from(context.text.starts_with('\u{feff}'));
        let span = Span::at(span.start.max(bom));
        let edit = crate::diagnostic::Edit { span, text };
        return Some(Fix {
            title: "Add [recipe]".to_owned(),
            edits: vec![edit],
        });
    }
    let value = match spec.kind {
        Kind::Name(NameKind::Label) => "\"unnamed\"".to_owned(),
        _ => value,
    };
    let fields = Fields {
        span,
        items: Vec::new(),
    };
    let edit = edits::insert_key(context.text, &fields, spec.name, &value)?;
    Some(Fix {
        title: format!("Add '{}'", spec.name),
        edits: vec![edit],
    })
}

fn lower_first(sentence: &str) -> String {
    let mut chars = sentence.chars();
    let first = chars.next().map(|first| first.to_lowercase());
    let rest = chars.as_str().trim_end_matches('.');
    first.into_iter().flatten().chain(rest.chars()).collect()
}
