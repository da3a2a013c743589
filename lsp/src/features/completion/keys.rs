//! Keys, operations and the headers of tables.

use recipe::Span;
use recipe::cursor::{KnownKey, Place, Slot};
use recipe::language::{Kind, OPERATIONS, Operation, Param, Role, STEP, operation};

use super::{At, Item, ItemKind};
use crate::features::wording;

/// The keys that can stand at the cursor: those that the table has and that are not there yet.
pub(super) fn keys(at: &At<'_>) -> Vec<Item> {
    let Place::Key {
        word,
        assigned,
        at_line_start,
        siblings,
    } = &at.cursor.place
    else {
        return Vec::new();
    };
    let Some(slot) = at.cursor.slot() else {
        return Vec::new();
    };
    let taken = |key: &KnownKey| siblings.iter().any(|name| name == key.name());
    let only_one = matches!(slot, Slot::Value(param) if !matches!(param.kind, Kind::Table(_)));
    let has_operation = siblings.iter().any(|name| operation(name).is_some());
    let mut keys = slot.keys();
    keys.retain(|key| {
        let fits = match key {
            KnownKey::Operation(_) if only_one => siblings.is_empty(),
            KnownKey::Operation(_) => !has_operation,
            KnownKey::Param(_) => true,
        };
        fits && !key.name().is_empty() && !taken(key)
    });
    // What must be there comes first, then what a step does.
    keys.sort_by_key(|key| match key {
        KnownKey::Param(param) if param.required => 0,
        KnownKey::Operation(operation) if operation.executable => 1,
        KnownKey::Operation(_) => 2,
        KnownKey::Param(_) => 1,
    });
    let mut items: Vec<Item> = keys
        .into_iter()
        .map(|key| key_item(at, key, *word, *assigned))
        .collect();
    if *at_line_start && !assigned {
        items.extend(headers(at, *word));
    }
    items
}

/// The headers of a recipe that are not there yet, and `[[step]]` always.
pub(super) fn headers(at: &At<'_>, replace: Span) -> Vec<Item> {
    let recipe = &at.analysis.recipe;
    let has = |name: &str| {
        let mut tables = at.analysis.tree.tables.iter();
        tables.any(|table| {
            let is_it = table.path.first().is_some_and(|key| key.name == name);
            is_it && !table.header.touches(at.offset)
        })
    };
    let tables = [
        (
            "recipe",
            "What the recipe is.",
            "[recipe]\nname = \"$1\"\n$0",
        ),
        (
            "target",
            "What kind of host the recipe wants.",
            "[target]\ntype = \"$1\"\n$0",
        ),
        (
            "variables",
            "Texts that the steps refer to.",
            "[variables]\n$0",
        ),
    ];
    let mut items = vec![header(
        at,
        "[[step]]",
        &format!("A step. There are {} now.", recipe.steps.len()),
        "[[step]]\nid = \"$1\"\n$0",
        replace,
    )];
    items.extend(steps(at, replace));
    items.extend(tables_of_step(at, replace));
    for (name, doc, snippet) in tables {
        if !has(name) {
            items.push(header(at, &format!("[{name}]"), doc, snippet, replace));
        }
    }
    items
}

/// Whole steps, with what each operation requires, for clients that can jump from place to place.
fn steps(at: &At<'_>, replace: Span) -> Vec<Item> {
    if !at.world.snippets || at.text(replace).ends_with(']') {
        return Vec::new();
    }
    let mut operations: Vec<&'static Operation> = OPERATIONS.iter().collect();
    operations.sort_by_key(|operation| !operation.executable);
    let step = |operation: &&'static Operation| {
        let mut stops = 1;
        let body = operation_snippet(operation, &mut stops);
        Item {
            insert: format!(
                "[[step]]\nid = \"${{1:}}\"\n{} = {body}\n$0",
                operation.name
            ),
            is_snippet: true,
            ..Item::new(
                format!("[[step]] {}", operation.name),
                ItemKind::Table,
                replace,
            )
        }
        .detail(operation.doc)
        .documentation(wording::key(KnownKey::Operation(operation)))
    };
    operations.iter().map(step).collect()
}

/// The tables of the step above that can have a header of their own, once one of the kind is begun.
fn tables_of_step(at: &At<'_>, replace: Span) -> Vec<Item> {
    let typed = at.text(replace);
    let step = wording::step_at(at.analysis, at.offset).map(|it| &at.analysis.recipe.steps[it]);
    let Some(step) = step.filter(|_| typed.starts_with('[') && !typed.starts_with("[[")) else {
        return Vec::new();
    };
    let tables = STEP.iter().filter(|it| matches!(it.kind, Kind::Table(_)));
    let tables = tables.filter(|it| step.fields.get(it.name).is_none());
    let tables = tables.map(|it| (it.name, it.doc, String::new()));
    let is_free = step.operations.iter().all(|it| it.key.touches(at.offset));
    let operations = OPERATIONS.iter().filter(|it| is_free && it.executable);
    let operations = operations.map(|it| (it.name, it.doc, required_lines(it)));
    let item = |(name, doc, lines): (&str, &str, String)| {
        let snippet = format!("[step.{name}]\n{lines}$0");
        header(at, &format!("[step.{name}]"), doc, &snippet, replace)
    };
    operations.chain(tables).map(item).collect()
}

/// What an operation requires, a line for each.
fn required_lines(operation: &Operation) -> String {
    let mut stops = 0;
    let required = operation
        .params
        .iter()
        .filter(|it| it.required && !it.name.is_empty());
    required
        .map(|it| format!("{} = {}\n", it.name, param_snippet(it, &mut stops)))
        .collect()
}

fn header(at: &At<'_>, label: &str, doc: &str, snippet: &str, replace: Span) -> Item {
    let item = Item::new(label, ItemKind::Table, replace).documentation(doc);
    let is_alone = !at.text(replace).ends_with(']');
    match at.world.snippets && is_alone {
        true => Item {
            insert: snippet.to_owned(),
            is_snippet: true,
            ..item
        },
        false => item,
    }
}

fn key_item(at: &At<'_>, key: KnownKey, replace: Span, assigned: bool) -> Item {
    let item = match key {
        KnownKey::Param(param) => {
            let detail = match param.required {
                true => format!("{}, required", param.kind.described()),
                false => param.kind.described().to_owned(),
            };
            Item::new(param.name, ItemKind::Key, replace).detail(detail)
        }
        KnownKey::Operation(operation) => {
            Item::new(operation.name, ItemKind::Operation, replace).detail(operation.doc)
        }
    };
    let mut item = item.documentation(wording::key(key));
    if let Some(quote) = at
        .text(replace)
        .chars()
        .next()
        .filter(|it| "\"'".contains(*it))
    {
        item.filter.insert(0, quote);
    }
    match (assigned, at.world.snippets) {
        (true, _) => item,
        (false, false) => Item {
            insert: format!("{} = ", key.name()),
            ..item
        },
        (false, true) => {
            let mut stops = 0;
            let value = match key {
                KnownKey::Param(param) if matches!(param.kind, Kind::Text(Role::Credential)) => {
                    let operation = at.cursor.path.get(1).map(String::as_str);
                    credential_snippet(operation.unwrap_or_default(), &mut stops)
                }
                KnownKey::Param(param) => param_snippet(param, &mut stops),
                KnownKey::Operation(operation) => operation_snippet(operation, &mut stops),
            };
            Item {
                insert: format!("{} = {value}$0", key.name()),
                is_snippet: true,
                ..item
            }
        }
    }
}

/// What an operation is written as, with what it requires.
fn operation_snippet(operation: &Operation, stops: &mut u32) -> String {
    match operation.params {
        [only] if only.name.is_empty() => return param_snippet(only, stops),
        [] => return "{}".to_owned(),
        _ => {}
    }
    let required = operation.params.iter().filter(|param| param.required);
    let written: Vec<String> = required
        .map(|param| format!("{} = {}", param.name, param_snippet(param, stops)))
        .collect();
    match written.is_empty() {
        true => format!("{{ {} }}", stop(stops, "")),
        false => format!("{{ {} }}", written.join(", ")),
    }
}

/// The secret that fits, to be taken or typed over.
fn credential_snippet(operation: &str, stops: &mut u32) -> String {
    let name = wording::fitting_secret(operation).unwrap_or_default();
    format!("\"\\${{secret:{}\\}}\"", stop(stops, name))
}

/// What a value is written as, with a place to jump to in it.
fn param_snippet(param: &Param, stops: &mut u32) -> String {
    match param.kind {
        Kind::Text(_) if param.name == "commands" => {
            format!("\"\"\"\n{}\n\"\"\"", stop(stops, ""))
        }
        Kind::Text(_) | Kind::Name(_) => format!("\"{}\"", stop(stops, "")),
        Kind::Enumeration(words) => format!("\"{}\"", choice(stops, words)),
        Kind::Boolean => match param.default {
            Some("true") => choice(stops, &["false", "true"]),
            _ => choice(stops, &["true", "false"]),
        },
        Kind::Integer(_) | Kind::Number(_) => stop(stops, param.default.unwrap_or("1")),
        Kind::Texts(_) | Kind::StepIds => format!("[\"{}\"]", stop(stops, "")),
        Kind::Conditions => format!("[{}]", stop(stops, "")),
        Kind::Map(_) | Kind::Table(_) | Kind::OneOf(_) | Kind::Condition => {
            format!("{{ {} }}", stop(stops, ""))
        }
    }
}

fn stop(stops: &mut u32, text: &str) -> String {
    *stops += 1;
    format!("${{{stops}:{text}}}")
}

fn choice(stops: &mut u32, words: &[&str]) -> String {
    *stops += 1;
    format!("${{{stops}|{}|}}", words.join(","))
}
