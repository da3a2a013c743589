//! Values: words of an enumeration, booleans, step ids, names of variables, hosts.

use recipe::cursor::{Place, Quotes, Slot};
use recipe::language::{CONSTANT_CONDITIONS, Kind, NameKind, Role};
use recipe::replace::escaped;
use recipe::{SecretName, Span, usual_secret};

use super::{At, Item, ItemKind, word};
use crate::features::wording;

/// The values that can stand at the cursor.
pub(super) fn values(at: &At<'_>) -> Vec<Item> {
    let (Some(slot), Some(form)) = (at.cursor.slot(), Form::of(at)) else {
        return Vec::new();
    };
    let param = match slot {
        Slot::Value(param) => param,
        Slot::Text(Role::EnvValue | Role::Http) => return of_own_name(at, &form),
        _ => return Vec::new(),
    };
    match param.kind {
        Kind::Enumeration(words) => form.words(words),
        Kind::Boolean if form.quotes.is_none() => {
            let word = |word| Item::new(word, ItemKind::Word, form.replace);
            ["true", "false"].map(word).to_vec()
        }
        Kind::StepIds => step_ids(at, &form),
        Kind::Name(NameKind::StepReference) => step_ids(at, &form),
        Kind::Name(NameKind::ReadVariable) => {
            let names = at.analysis.names.variable_names();
            names
                .filter_map(|name| form.item(name, ItemKind::Variable))
                .collect()
        }
        Kind::Condition | Kind::Conditions => form.words(CONSTANT_CONDITIONS),
        Kind::Text(Role::Host) => hosts(at, &form),
        Kind::Text(Role::Session) => sessions(at, &form),
        Kind::Text(Role::Credential) => {
            let operation = at.cursor.path.get(1).map_or("", String::as_str);
            credentials(at, &form, wording::fitting_secret(operation))
        }
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
        .map(|own| at.analysis.graph().waiting_for(own))
        .unwrap_or_default();
    let (mut items, mask) = (Vec::new(), at.analysis.mask());
    for (index, step) in recipe.steps.iter().enumerate() {
        let Some(id) = step.id() else { continue };
        let is_first = names.step_index(&id.value) == Some(index);
        let would_wait = waiting.get(index) == Some(&true);
        if is_first && !would_wait && !siblings.contains(&id.value) {
            let item = form.item(&id.value, ItemKind::Step);
            items.extend(item.map(|item| item.detail(wording::step_detail(&mask, step))));
        }
    }
    items
}

fn hosts(at: &At<'_>, form: &Form) -> Vec<Item> {
    let fixed = [
        ("${target}", "the host that the run is started for"),
        ("local", "this machine"),
    ];
    let fixed = fixed.into_iter().filter_map(|(name, detail)| {
        let item = form.item(name, ItemKind::Host)?;
        Some(item.detail(detail))
    });
    let mut hosts = (at.world.hosts)();
    for (name, uses) in &at.analysis.names.hosts {
        let is_fixed = matches!(name.as_str(), "local" | "__local__");
        // The one that is being typed is no choice.
        let is_elsewhere = uses.iter().any(|it| !it.span.touches(at.offset));
        if is_elsewhere && !is_fixed && !hosts.contains(name) {
            hosts.push(name.clone());
        }
    }
    let hosts = hosts.iter();
    let hosts = hosts.filter_map(|name| form.item(name, ItemKind::Host));
    fixed.chain(hosts).collect()
}

/// The tmux sessions that the recipe speaks of elsewhere.
fn sessions(at: &At<'_>, form: &Form) -> Vec<Item> {
    let sessions = at.analysis.names.sessions.iter();
    let elsewhere = sessions.filter(|(_, session)| {
        let mut places = session.started.iter().chain(&session.uses);
        places.any(|it| !it.span.touches(at.offset))
    });
    elsewhere
        .filter_map(|(name, session)| {
            let detail = match session.started.is_empty() {
                true => "",
                false => "started by a step",
            };
            Some(form.item(name, ItemKind::Session)?.detail(detail))
        })
        .collect()
}

/// The secrets for an environment variable or a header that is called like one that holds a secret.
fn of_own_name(at: &At<'_>, form: &Form) -> Vec<Item> {
    let name = at.cursor.path.last().map_or("", String::as_str);
    match usual_secret(name) {
        None if !name.eq_ignore_ascii_case("authorization") => Vec::new(),
        usual => credentials(at, form, usual.as_deref()),
    }
}

/// The secrets for a credential, the fitting one first.
fn credentials(at: &At<'_>, form: &Form, fitting: Option<&str>) -> Vec<Item> {
    let mut names: Vec<String> = at
        .world
        .secret_names()
        .iter()
        .map(ToString::to_string)
        .collect();
    names.sort_by_key(|name| Some(name.as_str()) != fitting);
    let item = |name: &String| {
        let known = SecretName::parse(name).map(|name| at.world.in_short(&name));
        let (detail, more) = known.unwrap_or_default();
        let item = form.item(&format!("${{secret:{name}}}"), ItemKind::Secret)?;
        Some(item.detail(detail).documentation(more.unwrap_or_default()))
    };
    names.iter().filter_map(item).collect()
}

/// How a word is written at the cursor, and what it replaces.
#[derive(Debug)]
struct Form {
    replace: Span,
    /// The string that it stands in, if the opening quotes are there.
    quotes: Option<Quotes>,
    before: &'static str,
    after: &'static str,
    /// Whether something of it is typed.
    is_begun: bool,
}

impl Form {
    fn of(at: &At<'_>) -> Option<Self> {
        let slot = at.cursor.slot()?;
        let text = &at.analysis.text;
        match &at.cursor.place {
            Place::Value { word, in_array, .. } => {
                let is_list =
                    matches!(slot, Slot::Value(param) if matches!(param.kind, Kind::StepIds));
                let (before, after) = match is_list && !in_array {
                    true => ("[\"", "\"]"),
                    false => ("\"", "\""),
                };
                Some(Self {
                    replace: *word,
                    quotes: None,
                    before,
                    after,
                    is_begun: word.start < at.offset,
                })
            }
            Place::String { quotes, .. } => {
                // Around a credential something else may stand.
                let is_part = matches!(
                    slot.role(),
                    Some(Role::Credential | Role::EnvValue | Role::Http)
                );
                let replace = match is_part {
                    true => word::word_around(text, quotes, at.offset),
                    false => word::name_around(text, quotes, at.offset),
                };
                Some(Self {
                    replace,
                    quotes: Some(*quotes),
                    before: "",
                    after: word::closing(text, quotes, replace.end),
                    is_begun: replace.start < at.offset,
                })
            }
            _ => None,
        }
    }

    fn words(&self, words: &[&str]) -> Vec<Item> {
        let item = |word: &&str| self.item(word, ItemKind::Word);
        words.iter().filter_map(item).collect()
    }

    /// Nothing if the word cannot be written here.
    fn item(&self, word: &str, kind: ItemKind) -> Option<Item> {
        let spelled = match &self.quotes {
            Some(quotes) => word::spelled(word, quotes)?,
            None => escaped(word),
        };
        let written = format!("{}{spelled}{}", self.before, self.after);
        // Who begins with the quotes goes on to be shown it.
        let filter = match self.quotes.is_some() || self.is_begun {
            true => word.to_owned(),
            false => written.clone(),
        };
        let item = Item::new(word, kind, self.replace);
        Some(item.insert(written).filter(filter))
    }
}
