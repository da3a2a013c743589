//! What a recipe means, worked out without the code that is tested: every value of every step, with the variables
//! filled in that the analysis has values for.

use std::collections::BTreeMap;

use recipe::language::Role;
use recipe::model::{Arg, Fields, Text};
use recipe::plan::Piece;
use recipe::reference::ReferenceKind;
use recipe::when::{self, Expr, Operand};
use recipe::{Analysis, Spanned};

/// All that each step says, with its variables filled in, and the first values of what steps set.
pub(super) fn said(analysis: &Analysis) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::<String, Vec<String>>::new();
    for step in &analysis.recipe.steps {
        let mut lines = Vec::new();
        add_fields(&mut lines, analysis, "", &step.fields);
        for operation in &step.operations {
            lines.push(operation.spec.name.to_owned());
            add_fields(&mut lines, analysis, operation.spec.name, &operation.fields);
        }
        lines.sort();
        // What has no name is known by what it says.
        let id = step.id().map(|id| id.value.clone());
        let of_name = all.entry(id.unwrap_or_else(|| lines.join("\n")));
        let of_name = of_name.or_default();
        of_name.extend(lines);
        of_name.sort();
    }
    let first = analysis.recipe.variables.iter();
    let first = first.filter(|it| analysis.names.is_set_by_step(&it.name.value));
    let first = first.map(|it| {
        format!(
            "{} {:?}",
            it.name.value,
            it.value.as_ref().map(|text| resolved(analysis, text))
        )
    });
    all.insert("[variables]".to_owned(), first.collect());
    all
}

fn add_fields(lines: &mut Vec<String>, analysis: &Analysis, path: &str, fields: &Fields) {
    for field in &fields.items {
        add_value(
            lines,
            analysis,
            &format!("{path}.{}", field.spec.name),
            &field.value,
        );
    }
}

fn add_value(lines: &mut Vec<String>, analysis: &Analysis, path: &str, value: &Arg) {
    let texts = |texts: &[Text]| {
        texts
            .iter()
            .map(|it| resolved(analysis, it))
            .collect::<Vec<_>>()
    };
    let said = match value {
        Arg::Text(text) => resolved(analysis, text),
        Arg::Texts(all) => format!("{:?}", texts(all)),
        Arg::Name(name) => name.value.clone(),
        Arg::Names(names) => format!("{:?}", names.iter().map(|it| &it.value).collect::<Vec<_>>()),
        Arg::Map(entries) => {
            let entry = |(key, text): &(Spanned<String>, Text)| {
                format!("{} = {}", key.value, resolved(analysis, text))
            };
            let mut entries: Vec<String> = entries.iter().map(entry).collect();
            entries.sort();
            format!("{entries:?}")
        }
        Arg::Fields(fields) => return add_fields(lines, analysis, path, fields),
        Arg::Variant(name, fields) => {
            return add_fields(lines, analysis, &format!("{path}.{}", name.value), fields);
        }
        Arg::Many(all) => {
            all.iter()
                .for_each(|it| add_value(lines, analysis, &format!("{path}[]"), it));
            return;
        }
        other => format!("{other:?}"),
    };
    lines.push(format!("{path} = {said}"));
}

/// What a string stands for, worked out anew from the values that the analysis has for variables.
fn resolved(analysis: &Analysis, text: &Text) -> String {
    if text.role == Role::When {
        let ranges: Vec<_> = text.references.iter().map(|it| it.range.clone()).collect();
        return match when::parse(text.as_str(), &ranges) {
            Ok(expr) => condition(analysis, text, &expr),
            Err(_) => text.as_str().to_owned(),
        };
    }
    let is_shell = text.role == Role::Shell;
    let mut said = String::new();
    let mut done = 0;
    for (index, reference) in text.references.iter().enumerate() {
        said += &lines(&text.as_str()[done..reference.range.start], is_shell);
        said += &filled(analysis, text, index);
        done = reference.range.end;
    }
    said += &lines(&text.as_str()[done..], is_shell);
    said
}

/// The line ends of a file are plain ones to a shell.
fn lines(text: &str, is_shell: bool) -> String {
    if is_shell {
        text.replace("\r\n", "\n")
    } else {
        text.to_owned()
    }
}

fn filled(analysis: &Analysis, text: &Text, index: usize) -> String {
    let reference = &text.references[index];
    let written = &text.as_str()[reference.range.clone()];
    let is_shell = text.role == Role::Shell;
    let before = &text.as_str()[..reference.range.start];
    let escapes = before.len() - before.trim_end_matches('\\').len();
    match &reference.kind {
        ReferenceKind::Escape => "${".to_owned(),
        // Quotes may say otherwise; what such a text stands for must not be touched anyway.
        ReferenceKind::Variable(_) if is_shell && escapes % 2 == 1 => written.to_owned(),
        ReferenceKind::Variable(name) if !analysis.names.is_set_by_step(name) => match analysis
            .variables
            .value(name)
        {
            Some(value) => value
                .0
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => text.clone(),
                    other => format!("⟨{other:?}⟩"),
                })
                .collect(),
            // One whose value is of a wrong type.
            None if analysis.names.is_variable(name) => String::new(),
            None if is_shell && !matches!(name.as_str(), "target" | "now") => written.to_owned(),
            None => match name.as_str() {
                "target" => "⟨Target⟩".to_owned(),
                "now" => "⟨Now⟩".to_owned(),
                _ => format!("⟨{name}?⟩"),
            },
        },
        ReferenceKind::Secret(name) => format!("⟨{:?}⟩", Piece::Secret(name.clone())),
        ReferenceKind::Env(name) => format!("⟨{:?}⟩", Piece::Env(name.clone())),
        other => format!("⟨{other:?}⟩"),
    }
}

fn condition(analysis: &Analysis, text: &Text, expr: &Expr) -> String {
    let inner = |expr: &Expr| condition(analysis, text, expr);
    let value = |it: &Operand| operand(analysis, text, it);
    match expr {
        Expr::Truthy(one) => format!("({})", value(one)),
        Expr::Compare { left, right, equal } => {
            format!("({} {equal} {})", value(left), value(right))
        }
        Expr::Not(one) => format!("!{}", inner(one)),
        Expr::And(left, right) => format!("({} && {})", inner(left), inner(right)),
        Expr::Or(left, right) => format!("({} || {})", inner(left), inner(right)),
    }
}

fn operand(analysis: &Analysis, text: &Text, it: &Operand) -> String {
    match it {
        Operand::Text(text) => text.clone(),
        Operand::Reference(index) => filled(analysis, text, *index),
        Operand::Mixed(parts) => parts.iter().map(|it| operand(analysis, text, it)).collect(),
    }
}
