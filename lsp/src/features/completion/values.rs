//! Values: words of an enumeration, booleans, step ids, names of variables, hosts.

use recipe::cursor::{Place, Quotes, Slot};
use recipe::graph::Graph;
use recipe::language::{CONSTANT_CONDITIONS, Kind, NameKind, Role};
use recipe::{SecretName, Span};

use super::{At, Item, ItemKind};
use crate::features::wording;

/// The values that can stand at the cursor.
pub(super) fn values(at: &At<'_>) -> Vec<Item> {
    let Some(Slot::Value(param)) = at.cursor.slot() else {
        return Vec::new();
    };
    let Some(form) = Form::of(at) else {
        return Vec::new();
    };
    match param.kind {
        Kind::Enumeration(words) => form.words(words),
        Kind::Boolean if !form.is_quoted => {
            let word = |word| Item::new(word, ItemKind::Word, form.replace);
            ["true", "false"].map(word).to_vec()
        }
        Kind::StepIds => step_ids(at, &form),
        Kind::Name(NameKind::StepReference) => step_ids(at, &form),
        Kind::Name(NameKind::ReadVariable) => {
            let names = at.analysis.names.variable_names();
            names
                .map(|name| form.item(name, ItemKind::Variable))
                .collect()
        }
        Kind::Condition | Kind::Conditions => form.words(CONSTANT_CONDITIONS),
        Kind::Text(Role::Host) => hosts(at, &form),
        Kind::Text(Role::Session) => sessions(at, &form),
        Kind::Text(Role::Credential) => credentials(at, &form),
        _ => Vec::new(),
    }
}

/// The ids of the steps that can stand here: not those there already, and none that would make a
/// step wait for itself.
fn step_ids(at: &At<'_>, form: &Form) -> Vec<Item> {
    let (recipe, names) = (&at.analysis.recipe, &at.analysis.names);
    let siblings = match &at.cursor.place {
        Place::Value { siblings, .. } | Place::String { siblings, .. } => siblings.as_slice(),
        _ => &[],
    };
    let waiting = wording::step_at(at.analysis, at.offset)
        .map(|own| Graph::of(recipe, names).waiting_for(own))
        .unwrap_or_default();
    let mut items = Vec::new();
    for (index, step) in recipe.steps.iter().enumerate() {
        let Some(id) = step.id() else { continue };
        let is_first = names.step_index(&id.value) == Some(index);
        let would_wait = waiting.get(index) == Some(&true);
        if is_first && !would_wait && !siblings.contains(&id.value) {
            let item = form.item(&id.value, ItemKind::Step);
            items.push(item.detail(wording::step_detail(step)));
        }
    }
    items
}

fn hosts(at: &At<'_>, form: &Form) -> Vec<Item> {
    let fixed = [
        ("${target}", "the host that the run is started for"),
        ("local", "this machine"),
    ];
    let fixed = fixed.map(|(name, detail)| form.item(name, ItemKind::Host).detail(detail));
    let mut hosts = (at.world.hosts)();
    for (name, uses) in &at.analysis.names.hosts {
        let is_fixed = matches!(name.as_str(), "local" | "__local__");
        // The one that is being typed is no choice.
        let is_elsewhere = uses.iter().any(|it| !it.span.touches(at.offset));
        if is_elsewhere && !is_fixed && !hosts.contains(name) {
            hosts.push(name.clone());
        }
    }
    let hosts = hosts.iter().map(|name| form.item(name, ItemKind::Host));
    fixed.into_iter().chain(hosts).collect()
}

/// The tmux sessions that the recipe speaks of elsewhere.
fn sessions(at: &At<'_>, form: &Form) -> Vec<Item> {
    let sessions = at.analysis.names.sessions.iter();
    let elsewhere = sessions.filter(|(_, session)| {
        let mut places = session.started.iter().chain(&session.uses);
        places.any(|it| !it.span.touches(at.offset))
    });
    elsewhere
        .map(|(name, session)| {
            let detail = match session.started.is_empty() {
                true => "",
                false => "started by a step",
            };
            form.item(name, ItemKind::Session).detail(detail)
        })
        .collect()
}

/// The secrets for a credential, the fitting one first.
fn credentials(at: &At<'_>, form: &Form) -> Vec<Item> {
    let operation = at
        .cursor
        .path
        .get(1)
        .map(String::as_str)
        .unwrap_or_default();
    let fitting = wording::fitting_secret(operation);
    let mut names: Vec<String> = at
        .world
        .secret_names()
        .iter()
        .map(ToString::to_string)
        .collect();
    names.sort_by_key(|name| Some(name.as_str()) != fitting);
    let item = |name: &String| {
        let detail = SecretName::parse(name).map(|name| at.world.whereabouts(&name).0);
        form.item(&format!("${{secret:{name}}}"), ItemKind::Secret)
            .detail(detail.unwrap_or_default())
    };
    names.iter().map(item).collect()
}

/// How a word is written at the cursor, and what it replaces.
#[derive(Debug)]
struct Form {
    replace: Span,
    /// Whether the opening quotes are there.
    is_quoted: bool,
    before: &'static str,
    after: &'static str,
}

impl Form {
    fn of(at: &At<'_>) -> Option<Self> {
        let Some(Slot::Value(param)) = at.cursor.slot() else {
            return None;
        };
        match &at.cursor.place {
            Place::Value { word, in_array, .. } => {
                let is_list = matches!(param.kind, Kind::StepIds);
                let (before, after) = match is_list && !in_array {
                    true => ("[\"", "\"]"),
                    false => ("\"", "\""),
                };
                Some(Self {
                    replace: *word,
                    is_quoted: false,
                    before,
                    after,
                })
            }
            Place::String { quotes, .. } => Some(Self {
                replace: word_in(at, quotes),
                is_quoted: true,
                before: "",
                after: closing(at, quotes),
            }),
            _ => None,
        }
    }

    fn words(&self, words: &[&str]) -> Vec<Item> {
        words
            .iter()
            .map(|word| self.item(word, ItemKind::Word))
            .collect()
    }

    fn item(&self, word: &str, kind: ItemKind) -> Item {
        let written = format!("{}{word}{}", self.before, self.after);
        let filter = match self.is_quoted {
            true => word.to_owned(),
            false => written.clone(),
        };
        Item::new(word, kind, self.replace)
            .insert(written)
            .filter(filter)
    }
}

/// The content of the string as far as it can be one word.
fn word_in(at: &At<'_>, quotes: &Quotes) -> Span {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-.${}:@/".contains(c);
    let before = at.text(Span::new(quotes.content.start, at.offset));
    let after = at.text(Span::new(at.offset, quotes.content.end));
    let start = at.offset - (before.len() - before.trim_end_matches(is_word).len());
    let end = at.offset + (after.len() - after.trim_start_matches(is_word).len());
    Span::new(start, end)
}

/// The closing quote, where it is missing and nothing else follows on the line.
fn closing(at: &At<'_>, quotes: &Quotes) -> &'static str {
    let rest = Span::new(word_in(at, quotes).end, quotes.content.end);
    match quotes.closed || quotes.multiline || !at.text(rest).trim().is_empty() {
        true => "",
        false if quotes.literal => "'",
        false => "\"",
    }
}
