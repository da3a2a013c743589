//! The mends of data in shell text that are exact: what the message says to write instead, where the script does the
//! same with it.

use super::insertion;
use crate::analysis::Analysis;
use crate::diagnostic::{Edit, Fix};
use crate::findings::ShellFinding;
use crate::language::{Kind, Role};
use crate::model::{StepOperation, Text};
use crate::plan::Piece;
use crate::reference::{Reference, ReferenceKind};
use crate::shell::Why;
use crate::syntax::StrKind;

/// What mends a reference that was refused for `why`, if something does exactly.
pub(super) fn of(analysis: &Analysis, finding: &ShellFinding, why: &Why) -> Option<Fix> {
    let step = &analysis.recipe.steps[finding.step];
    step.operations.iter().find_map(|operation| {
        let mut found = None;
        operation.fields.each_text(&mut |text| {
            if text.role == Role::Shell && text.span.covers(finding.span) {
                found = Some(text);
            }
        });
        let text: &Text = found?;
        let mut references = text.references.iter();
        let reference = references.find(|it| it.span == finding.span)?;
        match why {
            Why::QuotedHereDocument { delimiter } => unquoted(analysis, text, reference, delimiter),
            Why::ParsedTwice { .. } => in_env(&analysis.text, operation, text, reference),
            _ => None,
        }
    })
}

/// Takes the quotes off the delimiter of the here-document around a reference, if nothing else in there would be
/// expanded then.
fn unquoted(
    analysis: &Analysis,
    text: &Text,
    reference: &Reference,
    delimiter: &str,
) -> Option<Fix> {
    let script = text.as_str();
    let before = &script[..reference.range.start];
    let (start, quote) = ["'", "\""]
        .into_iter()
        .filter_map(|quote| {
            let written = format!("{quote}{delimiter}{quote}");
            Some((before.rfind(&written)?, quote))
        })
        .max()?;
    let operator = before[..start].trim_end_matches([' ', '\t']);
    let strips_tabs = operator.ends_with("<<-");
    let end = start + delimiter.len() + 2 * quote.len();
    if !strips_tabs && !operator.ends_with("<<") {
        return None;
    }
    let body = end + script[end..].find('\n')? + 1;
    let mut body_end = body;
    for line in script[body..].split_inclusive('\n') {
        let line_text = line.trim_end_matches('\n');
        let ends = match strips_tabs {
            true => line_text.trim_start_matches('\t'),
            false => line_text,
        };
        if ends == delimiter {
            break;
        }
        body_end += line.len();
    }
    if !(body..body_end).contains(&reference.range.start) {
        return None;
    }
    let is_plain = |it: &str| !it.contains(['$', '`', '\\']);
    let mut at = body;
    for other in &text.references {
        if !(body..body_end).contains(&other.range.start) {
            continue;
        }
        let is_same = match &other.kind {
            // What is pasted becomes a part of the text.
            ReferenceKind::Variable(name) if !analysis.names.is_set_by_step(name) => {
                let value = analysis.variables.value(name)?;
                let mut pieces = value.0.iter();
                pieces.all(|it| !matches!(it, Piece::Text(text) if !is_plain(text)))
            }
            ReferenceKind::Escape | ReferenceKind::Malformed(_) => false,
            _ => true,
        };
        if !is_same || !is_plain(&script[at..other.range.start]) {
            return None;
        }
        at = other.range.end;
    }
    if !is_plain(&script[at..body_end]) {
        return None;
    }
    let edit = |at: usize| Edit {
        span: text.source.span_of(at, at + quote.len()),
        text: String::new(),
    };
    Some(Fix {
        title: format!("Remove the quotes around {delimiter}"),
        edits: vec![edit(start), edit(end - quote.len())],
    })
}

/// Gives the value to the command in `env`, where a shell of its own reads it: `sh -c '…'`, which has the variables of
/// the command that starts it.
fn in_env(
    document: &str,
    operation: &StepOperation,
    text: &Text,
    reference: &Reference,
) -> Option<Fix> {
    let takes_env = |it: &&crate::language::Param| matches!(it.kind, Kind::Map(Role::EnvValue));
    let env = operation.spec.params.iter().find(takes_env)?;
    let script = text.as_str();
    let quoting = inner_quoting(script, reference)?;
    let written = &document[reference.span.range()];
    let name = variable_name(&reference.kind)?;
    let mut numbered = std::iter::once(name.clone()).chain((2..).map(|it| format!("{name}_{it}")));
    let is_known = |name: &str| {
        operation
            .fields
            .map(env.name)
            .iter()
            .any(|it| it.0.value == name)
    };
    let name = numbered.find(|name| !script.contains(name.as_str()) && !is_known(name))?;
    let expansion = match quoting {
        Inner::Bare => format!("\"${name}\""),
        Inner::Double => format!("${name}"),
    };
    let value = format!("\"{written}\"");
    let given = match operation.fields.get(env.name) {
        Some(field) => insertion::first(document, field.span, &[(&name, &value)])?,
        None => {
            let table = format!("{{ {name} = {value} }}");
            insertion::first(document, operation.fields.span, &[(env.name, &table)])?
        }
    };
    let read = Edit {
        span: reference.span,
        text: match text.source.kind {
            StrKind::Basic | StrKind::MultilineBasic => expansion.replace('"', "\\\""),
            StrKind::Literal | StrKind::MultilineLiteral => expansion,
        },
    };
    let mut edits = vec![given, read];
    edits.sort_by_key(|edit| edit.span);
    Some(Fix {
        title: format!("Give it to the command as {name} in 'env'"),
        edits,
    })
}

/// How a reference is quoted in the script of the inner shell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inner {
    Bare,
    Double,
}

/// The same for `sh -c '… HERE …'` that nothing stands before which could keep variables away from it. Nothing where that
/// is not plain to see.
fn inner_quoting(script: &str, reference: &Reference) -> Option<Inner> {
    let before = &script[..reference.range.start];
    let (outer, inner) = before.rsplit_once('\'')?;
    let (command, option) = outer.trim_end_matches(' ').rsplit_once(' ')?;
    let (around, shell) = match command
        .trim_end_matches(' ')
        .rsplit_once([' ', '\n', ';', '&', '|', '('])
    {
        Some((_, shell)) => (
            &command[..command.trim_end_matches(' ').len() - shell.len()],
            shell,
        ),
        None => ("", command),
    };
    let around = around.trim_end_matches(' ');
    let begins = around.is_empty() || around.ends_with(['\n', ';', '&', '|', '(']);
    let is_shell = ["sh", "bash", "dash"].contains(&shell) && option == "-c";
    // Quotes before it would have to be counted: who has them is told in words.
    let is_plain = !outer.contains(['\'', '"', '`', '\\', '#']) && !outer.contains("<<");
    let can_be_read =
        !inner.contains(['\\', '`', '#']) && !inner.contains("<<") && !inner.contains("$(");
    let after = &script[reference.range.end..];
    let goes_on = after.starts_with(|c: char| c.is_ascii_alphanumeric() || "_[".contains(c));
    if !(begins && is_shell && is_plain && can_be_read && after.contains('\'')) {
        return None;
    }
    match inner.matches('"').count() % 2 {
        0 => Some(Inner::Bare),
        _ => (!goes_on).then_some(Inner::Double),
    }
}

/// What the variable is called that carries a value: `HUGGINGFACE_TOKEN`.
fn variable_name(kind: &ReferenceKind) -> Option<String> {
    let name = match kind {
        ReferenceKind::Secret(name) => name.to_string(),
        ReferenceKind::Variable(name) | ReferenceKind::Env(name) => name.clone(),
        ReferenceKind::StepOutput(id) => format!("{id}_output"),
        ReferenceKind::StepExitCode(id) => format!("{id}_exit_code"),
        ReferenceKind::Escape | ReferenceKind::Malformed(_) => return None,
    };
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    let name: String = name.chars().map(plain).collect();
    Some(match name.starts_with(|c: char| c.is_ascii_digit()) {
        true => format!("_{name}"),
        false => name,
    })
}
