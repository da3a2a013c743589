use super::{Check, Part, Run, edits};
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::{Kind, NameKind, Role};
use crate::model::{Arg, Field};
use crate::plan::VALUE_PREFIX;
use crate::reference::is_variable_name;
use crate::span::Spanned;

pub(super) const CHECK: Check = Check {
    code: "bad-name",
    severity: Severity::Error,
    title: "A name that no variable can have",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    for variable in part.variables() {
        check(part, &variable.name, found);
    }
    for operation in part.operations() {
        let fields = &operation.fields;
        fields.each_field(&mut |field| check_field(part, field, found));
    }
}

fn check_field(part: &Part<'_>, field: &Field, found: &mut Vec<Diagnostic>) {
    match (&field.value, field.spec.kind) {
        (Arg::Name(name), Kind::Name(NameKind::SetVariable | NameKind::ReadVariable)) => {
            check(part, name, found);
        }
        (Arg::Map(entries), Kind::Map(Role::EnvValue)) => {
            for (name, _) in entries {
                check(part, name, found);
                check_free(name, found);
            }
        }
        _ => {}
    }
}

fn check(part: &Part<'_>, name: &Spanned<String>, found: &mut Vec<Diagnostic>) {
    if is_variable_name(&name.value) {
        return;
    }
    let message = format!(
        "'{}' cannot name a variable: use letters, digits and '_', and no digit first",
        name.value.escape_debug()
    );
    let diagnostic = CHECK.at(name.span, message);
    found.push(match right(&name.value) {
        Some(right) => {
            let text = edits::like_before(part.text, name.span, &right);
            diagnostic.fix(format!("Change to '{right}'"), name.span, text)
        }
        None => diagnostic,
    });
}

/// Environment variables with Doppio's own names would replace the values of references.
fn check_free(name: &Spanned<String>, found: &mut Vec<Diagnostic>) {
    if name.value.starts_with(VALUE_PREFIX) {
        let message = format!(
            "'{}' cannot be set: Doppio passes the values of references in variables that start with '{VALUE_PREFIX}'",
            name.value.escape_debug()
        );
        found.push(CHECK.at(name.span, message));
    }
}

/// The name with `_` for everything that it cannot have.
fn right(name: &str) -> Option<String> {
    let mended: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let first = mended.chars().next()?;
    Some(if first.is_ascii_digit() {
        format!("_{mended}")
    } else {
        mended
    })
}
