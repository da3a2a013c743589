//! What becomes of a recipe when a credential moves from it into the keychain.

use crate::diagnostic::Edit;
use crate::language::Role;
use crate::model::{Recipe, Step, Text};
use crate::secret_name::SecretName;
use crate::shell::{Mark, judge};
use crate::span::Span;

/// What puts a reference in the place of the credential at `span`. Nothing where none may stand, or where it
/// would not mean the value.
pub(crate) fn edits<'a>(
    recipe: &'a Recipe,
    steps: impl IntoIterator<Item = &'a Step>,
    span: Span,
    name: &SecretName,
) -> Option<Vec<Edit>> {
    let mut found = None;
    super::each_open_text(recipe, steps, &mut |text| {
        if !span.is_empty() && super::inside(text).covers(span) {
            found = Some(text);
        }
    });
    let text = found?;
    let reference = Edit {
        span,
        text: format!("${{secret:{name}}}"),
    };
    if text.role != Role::Shell || is_sound(text, std::slice::from_ref(&reference)) {
        return Some(vec![reference]);
    }
    let mut edits = unquoted_document(text, span)?;
    edits.push(reference);
    edits.sort_by_key(|edit| edit.span);
    is_sound(text, &edits).then_some(edits)
}

/// Whether the shell takes the reference, the longest of `edits`, for the value it stands for.
fn is_sound(text: &Text, edits: &[Edit]) -> bool {
    let mut script = String::new();
    let (mut done, mut marks) = (0, Vec::new());
    for edit in edits {
        let at = |place| text.source.decoded_at(place);
        let Some(before) = text.as_str().get(done..at(edit.span.start)) else {
            return false;
        };
        script.push_str(before);
        let start = script.len();
        script.push_str(&edit.text);
        if edit.text.starts_with("${") {
            marks.push(Mark {
                span: start..script.len(),
                variable: "DOPPIO_1".to_owned(),
                secret: true,
            });
        }
        done = at(edit.span.end);
    }
    script.push_str(text.as_str().get(done..).unwrap_or_default());
    let judgement = judge(&script, &marks, &[]);
    judgement.refusals.is_empty() && judgement.left_alone.is_empty()
}

/// Takes the quotes from the delimiter of the here-document that `span` stands in, if nothing else in
/// it would change its meaning by that.
fn unquoted_document(text: &Text, span: Span) -> Option<Vec<Edit>> {
    let script = text.as_str();
    let (start, end) = (
        text.source.decoded_at(span.start),
        text.source.decoded_at(span.end),
    );
    let operator = script.get(..start)?.rfind("<<")?;
    let written = script[operator + 2..].trim_start_matches('-');
    let written = written.trim_start_matches([' ', '\t']);
    let quote = written.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let (delimiter, _) = written[1..].split_once(quote)?;
    let opening = script.len() - written.len();
    let body = script[opening..].find('\n')? + opening + 1;
    let is_end = |line: &&str| line.trim_start_matches('\t').trim_end() == delimiter;
    let mut at = body;
    let close = script[body..].split_inclusive('\n').find_map(|line| {
        let starts = at;
        at += line.len();
        is_end(&line).then_some(starts)
    })?;
    let others = [script.get(body..start)?, script.get(end..close)?];
    let is_plain = others.iter().all(|it| !it.contains(['$', '`', '\\']));
    let quotes = [opening, opening + 1 + delimiter.len()];
    let edit = |at: usize| Edit {
        span: text.source.span_of(at, at + 1),
        text: String::new(),
    };
    is_plain.then(|| quotes.map(edit).to_vec())
}
