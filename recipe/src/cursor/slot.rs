//! What the table of the language says of a place in a recipe.

use crate::language::{
    CONDITIONS, Kind, OPERATIONS, Operation, Param, RECIPE, Role, STEP, TARGET, operation, param,
};

/// What belongs at a place.
#[derive(Clone, Copy, Debug)]
pub enum Slot {
    /// The document itself: its keys are tables.
    Document,
    /// `[variables]`
    Variables,
    /// `[[step]]`
    Step,
    /// A table of these keys.
    Params(&'static [Param]),
    /// The value of this key.
    Value(&'static Param),
    /// A value in a table with keys of the user's own.
    Text(Role),
}

/// A key that the language has at some place.
#[derive(Clone, Copy, Debug)]
pub enum KnownKey {
    /// A key of a table or a parameter.
    Param(&'static Param),
    /// An operation, a condition or a variant.
    Operation(&'static Operation),
}

impl KnownKey {
    /// How it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Param(param) => param.name,
            Self::Operation(operation) => operation.name,
        }
    }
}

impl Slot {
    /// What belongs at `path`, which names tables and keys from the outside in. Arrays are not
    /// counted: an element is where its array is.
    pub fn at(path: &[String]) -> Option<Self> {
        let Some((table, rest)) = path.split_first() else {
            return Some(Self::Document);
        };
        match (table.as_str(), rest) {
            ("recipe", rest) => in_params(RECIPE, rest),
            ("target", rest) => in_params(TARGET, rest),
            ("variables", []) => Some(Self::Variables),
            ("variables", [_]) => Some(Self::Text(Role::Variable)),
            ("step", []) => Some(Self::Step),
            ("step", [key, rest @ ..]) => match operation(key) {
                Some(operation) => in_params(operation.params, rest),
                None => in_value(param(STEP, key)?, rest),
            },
            _ => None,
        }
    }

    /// The keys that a table here can have. None where the names are the user's own.
    pub fn keys(self) -> Vec<KnownKey> {
        match self {
            Self::Step => params(STEP).chain(operations(OPERATIONS)).collect(),
            Self::Params(list) => params(list).collect(),
            Self::Value(param) => match param.kind {
                Kind::Table(list) => params(list).collect(),
                Kind::OneOf(variants) => operations(variants).collect(),
                Kind::Condition | Kind::Conditions => operations(CONDITIONS).collect(),
                _ => Vec::new(),
            },
            Self::Document | Self::Variables | Self::Text(_) => Vec::new(),
        }
    }

    /// The key of that name here.
    pub fn key(self, name: &str) -> Option<KnownKey> {
        self.keys().into_iter().find(|key| key.name() == name)
    }

    /// What a string here is used as, if it is scanned for references.
    pub fn role(self) -> Option<Role> {
        match self {
            Self::Text(role) => Some(role),
            Self::Value(param) => match param.kind {
                Kind::Text(role) | Kind::Texts(role) => Some(role),
                _ => None,
            },
            _ => None,
        }
    }
}

fn params(list: &'static [Param]) -> impl Iterator<Item = KnownKey> {
    list.iter().map(KnownKey::Param)
}

fn operations(list: &'static [Operation]) -> impl Iterator<Item = KnownKey> {
    list.iter().map(KnownKey::Operation)
}

/// Follows `path` into a table of `params`. A single nameless parameter is the value itself.
fn in_params(params: &'static [Param], path: &[String]) -> Option<Slot> {
    match (params, path) {
        ([only], path) if only.name.is_empty() => in_value(only, path),
        (_, []) => Some(Slot::Params(params)),
        (_, [key, rest @ ..]) => in_value(param(params, key)?, rest),
    }
}

/// Follows `path` into the value of `param`.
fn in_value(param: &'static Param, path: &[String]) -> Option<Slot> {
    let Some((key, rest)) = path.split_first() else {
        return Some(Slot::Value(param));
    };
    let among = |variants: &'static [Operation]| variants.iter().find(|it| it.name == key);
    match param.kind {
        Kind::Table(params) => in_params(params, path),
        Kind::OneOf(variants) => in_params(among(variants)?.params, rest),
        Kind::Condition | Kind::Conditions => in_params(among(CONDITIONS)?.params, rest),
        Kind::Map(role) if rest.is_empty() => Some(Slot::Text(role)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str) -> String {
        let path: Vec<String> = path.split_whitespace().map(str::to_owned).collect();
        match Slot::at(&path) {
            None => "nothing".to_owned(),
            Some(Slot::Value(param)) => format!("{:?}", param.kind),
            Some(slot) => {
                let keys: Vec<_> = slot.keys().into_iter().map(KnownKey::name).collect();
                format!("{} {}", keys.len(), keys.first().unwrap_or(&"-"))
            }
        }
    }

    #[test]
    fn paths_lead_through_tables_variants_maps_and_conditions() {
        assert_eq!(at("recipe"), "3 name");
        assert_eq!(at("recipe name x"), "nothing");
        assert_eq!(at("step sleep"), "1 duration_secs");
        assert_eq!(at("step ssh_command command"), "Text(Shell)");
        assert_eq!(at("step ssh_command env ANY"), "0 -");
        assert_eq!(at("step ssh_command env ANY more"), "nothing");
        assert_eq!(at("step retry"), at("step retry"));
        assert_eq!(at("step transfer source host path"), "Text(Path)");
        assert_eq!(at("step get_value source var"), "Name(ReadVariable)");
        assert_eq!(
            at("step assert condition and not tmux_alive host_id"),
            "Text(Host)"
        );
        assert_eq!(at("step nonsense"), "nothing");
        assert_eq!(at("other"), "nothing");
    }
}
