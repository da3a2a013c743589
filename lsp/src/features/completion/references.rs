//! What can stand inside `${…}`: variables, secrets, results of steps.

use recipe::cursor::{OpenReference, Place};
use recipe::language::Role;
use recipe::model::Variable;
use recipe::reference::is_variable_name;
use recipe::{ENVIRONMENT_PREFIX, SecretName, Span};

use super::{At, Item, ItemKind};
use crate::features::shell_names::{self, Origin};
use crate::features::wording;

/// What can stand in the reference around the cursor, as far as the string is scanned for any.
pub(super) fn references(at: &At<'_>, open: &OpenReference) -> Vec<Item> {
    let Some(role) = at.cursor.slot().and_then(|slot| slot.role()) else {
        return Vec::new();
    };
    let typed = at.text(Span::new(open.name.start, at.offset.max(open.name.start)));
    if let Some(prefix) = ["secret:", "env."]
        .iter()
        .find(|prefix| typed.starts_with(**prefix))
    {
        let after = Span::new(open.name.start + prefix.len(), open.name.end);
        return match *prefix {
            "secret:" if role.allows_secrets() => secrets(at, open, "", after),
            "env." => environment(at, open, after),
            _ => Vec::new(),
        };
    }
    let mut items = variables(at, open, role);
    if role == Role::Shell {
        items.extend(shell_variables(at, open));
    }
    if role != Role::Variable {
        items.extend(steps(at, open, typed.starts_with("step.")));
    }
    if role.allows_secrets() {
        items.extend(secrets(at, open, "secret:", open.name));
    }
    items.push(
        reference(open, "env.", open.name, ItemKind::Word)
            .detail("an environment variable of the machine that runs the recipe")
            .insert(opened(open, "env.")),
    );
    items
}

/// The environment of the machine that runs the recipe, as far as that is this one. What stands in for
/// secrets is left out: a recipe must not name it.
fn environment(at: &At<'_>, open: &OpenReference, replace: Span) -> Vec<Item> {
    let names = (at.world.environment)().into_iter();
    let names =
        names.filter(|name| !name.starts_with(ENVIRONMENT_PREFIX) && is_variable_name(name));
    names
        .map(|name| reference(open, &name, replace, ItemKind::Variable))
        .collect()
}

/// The variables of the remote shell that the same operation sets. One of the recipe's of that name wins.
fn shell_variables(at: &At<'_>, open: &OpenReference) -> Vec<Item> {
    let Place::String { quotes, .. } = &at.cursor.place else {
        return Vec::new();
    };
    let known = shell_names::known(at.analysis, at.offset, at.text(quotes.content));
    let own = known.into_iter();
    let own = own.filter(|(name, _)| !at.analysis.names.is_variable(name));
    own.map(|(name, origin)| {
        let detail = match origin {
            Origin::Env => "of the remote shell, from env",
            Origin::Assigned => "of the remote shell, assigned in this command",
        };
        reference(open, &name, open.name, ItemKind::Variable).detail(detail)
    })
    .collect()
}

/// Secrets: those that are there first, with where they are; then well-known ones that are not.
fn secrets(at: &At<'_>, open: &OpenReference, prefix: &str, replace: Span) -> Vec<Item> {
    let names = at.world.secret_names();
    let items = names.iter().map(|name| {
        let label = format!("{prefix}{name}");
        let item = reference(open, &label, replace, ItemKind::Secret);
        item.detail(at.world.in_short(name).0)
            .documentation(about(at, name))
    });
    items.collect()
}

fn about(at: &At<'_>, name: &SecretName) -> String {
    let written = at
        .world
        .entry(name)
        .and_then(|entry| entry.description.as_deref().map(wording::code));
    let known = name.well_known();
    let description = written.or_else(|| known.map(|known| known.description.to_owned()));
    let obtain = known.map(|known| known.obtain.to_owned());
    let store = match at.world.whereabouts(name) {
        (_, Some(false)) => Some(format!("Store it with `doppio secret set {name}`.")),
        _ => None,
    };
    let (_, why) = at.world.in_short(name);
    let parts = [why, description, obtain, store];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join("\n\n")
}

fn variables(at: &At<'_>, open: &OpenReference, role: Role) -> Vec<Item> {
    let (names, recipe) = (&at.analysis.names, &at.analysis.recipe);
    let own = (role == Role::Variable)
        .then(|| at.cursor.path.last())
        .flatten();
    let (mut items, mask) = (Vec::new(), at.analysis.mask());
    for name in names.variable_names() {
        // [variables] know each other, not themselves and not what a step sets.
        if own.is_some_and(|own| own == name) || own.is_some() && names.is_set_by_step(name) {
            continue;
        }
        let value = |it: &Variable| {
            it.value
                .as_ref()
                .map(|text| wording::one_line(&mask, text.as_str()))
        };
        let detail = match names.is_set_by_step(name) {
            true => "set by a step".to_owned(),
            false => recipe.variable(name).and_then(value).unwrap_or_default(),
        };
        items.push(reference(open, name, open.name, ItemKind::Variable).detail(detail));
    }
    let built_in = [
        ("target", "the host that the run is started for"),
        ("now", "the time the run started"),
    ];
    for (name, detail) in built_in {
        if !names.is_variable(name) {
            items.push(reference(open, name, open.name, ItemKind::Word).detail(detail));
        }
    }
    items
}

/// The results of the steps that this one waits for; for who asks for results, of `all` that it could wait for.
fn steps(at: &At<'_>, open: &OpenReference, all: bool) -> Vec<Item> {
    let recipe = &at.analysis.recipe;
    let Some(own) = wording::step_at(at.analysis, at.offset) else {
        return Vec::new();
    };
    let graph = at.analysis.graph();
    let waits = graph.waited_for(own);
    let cannot_wait = if all {
        graph.waiting_for(own)
    } else {
        Vec::new()
    };
    let (mut items, mask) = (Vec::new(), at.analysis.mask());
    for (index, step) in recipe.steps.iter().enumerate() {
        let is_group = step.operation().is_some_and(|it| it.spec.name == "group");
        let Some(id) = step
            .id()
            .filter(|_| waits[index] || cannot_wait.get(index) == Some(&false))
            .filter(|_| index != own && !is_group)
        else {
            continue;
        };
        for result in ["output", "exit_code"] {
            let label = format!("step.{}.{result}", id.value);
            let item = reference(open, &label, open.name, ItemKind::Step);
            items.push(match waits[index] {
                true => item.detail(wording::step_detail(&mask, step)),
                false => item.detail("not in depends_on yet: a fix adds it"),
            });
        }
    }
    items
}

/// An item for a whole reference: the brace after it is added where there is none.
fn reference(open: &OpenReference, name: &str, replace: Span, kind: ItemKind) -> Item {
    let close = if open.closed { "" } else { "}" };
    match open.braced {
        true => Item::new(name, kind, replace).insert(format!("{name}{close}")),
        false => {
            let whole = format!("${{{name}}}");
            // Who has begun the name without a brace goes on so.
            let filter = match open.name.is_empty() {
                true => whole.clone(),
                false => format!("${name}"),
            };
            Item::new(name, kind, Span::new(open.start, replace.end))
                .insert(whole)
                .filter(filter)
        }
    }
}

/// The beginning of a reference whose end the user writes.
fn opened(open: &OpenReference, name: &str) -> String {
    match open.braced {
        true => name.to_owned(),
        false => format!("${{{name}"),
    }
}
