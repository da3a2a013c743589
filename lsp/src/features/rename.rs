//! Rename: a new name at every place of the old one, written as the string there needs it, or a
//! reason why not.

use recipe::diagnostic::Edit;
use recipe::model::Text;
use recipe::symbol::{Symbol, SymbolKind, occurrences, symbol_at};
use recipe::syntax::StrKind;
use recipe::{Analysis, LineIndex, SecretName, Span};
use runner::hosts::Address;

use super::World;
use super::shell_places::variable_at;

pub(crate) mod in_hosts_file;
mod in_shell;

/// What is renamed: where its name stands at the cursor, and the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Renamed {
    pub(crate) span: Span,
    pub(crate) name: String,
}

/// A recipe, by its index, and what changes in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edited {
    pub(crate) recipe: usize,
    pub(crate) edits: Vec<Edit>,
}

/// What a rename at `offset` would rename; nothing where no name is.
///
/// # Errors
/// When the name there is not the user's to change: why.
pub(crate) fn prepare(analysis: &Analysis, offset: usize) -> Result<Option<Renamed>, String> {
    if let Some(variable) = variable_at(analysis, offset) {
        in_shell::refuse_what_is_read_by_name(analysis, &variable)?;
        let span = variable.at(&analysis.text, offset);
        let name = variable.name;
        return Ok(span.map(|span| Renamed { span, name }));
    }
    let found = symbol(analysis, offset)?;
    Ok(found.map(|(symbol, span)| Renamed {
        span,
        name: symbol.name,
    }))
}

/// The same of what has one name in the whole recipe.
fn symbol(analysis: &Analysis, offset: usize) -> Result<Option<(Symbol, Span)>, String> {
    let Some((symbol, span)) = symbol_at(analysis, offset) else {
        return Ok(None);
    };
    let name = &symbol.name;
    match symbol.kind {
        SymbolKind::Variable if !analysis.names.is_variable(name) => Err(match name.as_str() {
            "target" | "now" => format!("'{name}' is built in: it has no other name"),
            _ => format!(
                "'{name}' is no variable of this recipe: in shell text it belongs to the remote shell"
            ),
        }),
        SymbolKind::Environment => Err(format!(
            "'{name}' is a variable of the environment: it is named where it is set"
        )),
        SymbolKind::Host if is_this_machine(name) => {
            Err(format!("'{name}' is this machine: it has no other name"))
        }
        _ => Ok(Some((symbol, span))),
    }
}

/// The edits that give the name at `offset` in the first of `recipes` a new name.
///
/// # Errors
/// When there is nothing to rename, or when the new name cannot be or is taken: why.
pub(crate) fn rename(
    recipes: &[&Analysis],
    offset: usize,
    new: &str,
    world: &World<'_>,
) -> Result<Vec<Edited>, String> {
    let none = || "there is no name here that could be changed".to_owned();
    let here = recipes.first().ok_or_else(none)?;
    if let Some(variable) = variable_at(here, offset) {
        let edits = in_shell::rename(here, offset, &variable, new)?;
        return Ok(vec![Edited { recipe: 0, edits }]);
    }
    let (symbol, _) = symbol(here, offset)?.ok_or_else(none)?;
    symbol.kind.check_name(new)?;
    let reach = match symbol.kind.is_shared() {
        true => recipes,
        false => &recipes[..1],
    };
    if new != symbol.name {
        refuse_what_is_taken(reach, &symbol, new, world)?;
    }
    let each = reach.iter().enumerate();
    let edited = each.map(|(recipe, analysis)| Edited {
        recipe,
        edits: edits(analysis, &symbol, new),
    });
    Ok(edited.filter(|it| !it.edits.is_empty()).collect())
}

/// A name that means something already would mean two things, or one thing less.
fn refuse_what_is_taken(
    recipes: &[&Analysis],
    symbol: &Symbol,
    new: &str,
    world: &World<'_>,
) -> Result<(), String> {
    let taken = Symbol {
        kind: symbol.kind,
        name: new.to_owned(),
    };
    let found = recipes
        .iter()
        .find_map(|recipe| Some((recipe, occurrences(recipe, &taken).first()?.span)));
    let line = found.map(|(recipe, span)| LineIndex::new(&recipe.text).line_of(span.start) + 1);
    let what = symbol.kind.described();
    match symbol.kind {
        SymbolKind::Variable if matches!(new, "target" | "now") => {
            return Err(format!("'{new}' is built in: choose another name"));
        }
        SymbolKind::Variable if !recipes[0].names.is_variable(new) => {
            if let Some(line) = line {
                return Err(format!(
                    "'{new}' is used in line {line} for a variable that is not the recipe's: it would become this one"
                ));
            }
        }
        // A name that nothing stands behind is a slip, and mending it merges it with the right one.
        SymbolKind::Secret if is_stored(&symbol.name, world) == Some(false) => return Ok(()),
        SymbolKind::Secret if is_stored(new, world) == Some(true) => {
            return Err(format!(
                "a secret '{new}' is stored already: both would become one"
            ));
        }
        SymbolKind::Host => return refuse_host(symbol, new, line, world),
        _ => {}
    }
    match line {
        Some(line) => Err(format!(
            "there is a {what} '{new}' already, in line {line}: choose another name"
        )),
        None => Ok(()),
    }
}

fn refuse_host(
    symbol: &Symbol,
    new: &str,
    line: Option<usize>,
    world: &World<'_>,
) -> Result<(), String> {
    let hosts = (world.hosts)();
    let is_known = |name: &str| hosts.iter().any(|host| host == name);
    if is_this_machine(new) {
        return Err(format!("'{new}' is this machine: choose another name"));
    }
    if !is_known(new) {
        Address::parse(new).map_err(|error| error.to_string())?;
    }
    match line {
        Some(line) if is_known(&symbol.name) => Err(format!(
            "there is a host '{new}' already, in line {line}: both would become one"
        )),
        _ => Ok(()),
    }
}

fn is_this_machine(host: &str) -> bool {
    matches!(host, "local" | "__local__")
}

/// Whether a secret is stored, as far as anybody can tell.
fn is_stored(name: &str, world: &World<'_>) -> Option<bool> {
    let name = SecretName::parse(name).ok()?;
    world.whereabouts(&name).1
}

fn edits(recipe: &Analysis, symbol: &Symbol, new: &str) -> Vec<Edit> {
    let places = occurrences(recipe, symbol);
    // Only the name of a session can hold what a string must escape, and it is the whole string.
    let strings = match symbol.kind {
        SymbolKind::Session if !places.is_empty() => whole_strings(recipe),
        _ => Vec::new(),
    };
    let edit = |span: Span| match strings.iter().find(|(inner, _)| *inner == span) {
        Some((_, text)) => written(text, span, new),
        None => Edit {
            span,
            text: new.to_owned(),
        },
    };
    places.iter().map(|place| edit(place.span)).collect()
}

/// Every scanned string with what is between its quotes.
fn whole_strings(recipe: &Analysis) -> Vec<(Span, &Text)> {
    let mut strings = Vec::new();
    recipe.recipe.each_text(&mut |text| {
        let inner = text.source.span_of(0, text.as_str().len());
        strings.push((inner, text));
    });
    strings
}

/// How `new` is written in the place of what is between the quotes of `text`; a literal string that
/// cannot hold it becomes a basic one.
fn written(text: &Text, inner: Span, new: &str) -> Edit {
    let escaped = new.replace('\\', "\\\\").replace('"', "\\\"");
    let is_literal = matches!(
        text.source.kind,
        StrKind::Literal | StrKind::MultilineLiteral
    );
    let (span, text) = match (is_literal, new.contains('\'')) {
        (false, _) => (inner, escaped),
        (true, false) => (inner, new.to_owned()),
        (true, true) => (text.span, format!("\"{escaped}\"")),
    };
    Edit { span, text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::{at_cursor, secrets, world};

    /// The recipe once the name at `$0` is called `new`, or why it is not.
    fn check(text: &str, new: &str) -> String {
        let (analysis, offset) = at_cursor(text);
        let secrets = secrets();
        let renamed = rename(&[&analysis], offset, new, &world(&secrets, false));
        match renamed {
            Ok(edited) => applied(&analysis.text, edited),
            Err(why) => why,
        }
    }

    fn applied(text: &str, edited: Vec<Edited>) -> String {
        let mut text = text.to_owned();
        for edit in edited.into_iter().flat_map(|it| it.edits).rev() {
            text.replace_range(edit.span.range(), &edit.text);
        }
        text
    }

    const RECIPE: &str = "[variables]\r\n'model' = \"bert\"\r\n[[step]]\r\nid = 'get'\r\nssh_command = { command = \"\"\"\r\nls ${model} ${HOME}\r\n\"\"\", host_id = 'gpu-1', capture_output = \"f\\u0069les\" }\r\n[[step]]\r\nid = \"b\"\r\ndepends_on = ['get']\r\nwhen = '${files}'\r\ntmux_new = { session_name = 's', env = { A = \"${secret:mine/key}${secret:github/token}\" } }\r\n[[step]]\r\ntmux_kill = { session_name = \"s\" }\r\n";

    fn at(place: &str, new: &str) -> String {
        check(&RECIPE.replacen(&place.replace("$0", ""), place, 1), new)
    }

    #[test]
    fn every_place_gets_the_new_name() {
        assert_eq!(
            at("${mo$0del}", "base_model"),
            RECIPE
                .replace("'model'", "'base_model'")
                .replace("${model}", "${base_model}")
        );
        assert_eq!(
            at("'ge$0t'", "fetch-it"),
            RECIPE.replace("'get'", "'fetch-it'")
        );
        assert_eq!(
            at("${fil$0es}", "list"),
            RECIPE
                .replace("f\\u0069les", "list")
                .replace("${files}", "${list}")
        );
        assert_eq!(
            at("gpu$0-1", "root@[::1]:22"),
            RECIPE.replace("gpu-1", "root@[::1]:22")
        );
        assert_eq!(
            at("mine$0/key", "mine/new"),
            RECIPE.replace("mine/key", "mine/new")
        );
    }

    #[test]
    fn a_session_is_escaped_as_each_string_needs_it() {
        let renamed = at("session_name = 's$0'", "a\"b\\'c");
        assert!(
            renamed.contains(r#"session_name = "a\"b\\'c", env"#),
            "{renamed}"
        );
        assert!(
            renamed.contains(r#"session_name = "a\"b\\'c" }"#),
            "{renamed}"
        );
        let renamed = at("session_name = 's$0'", "a\\b");
        assert!(renamed.contains(r"session_name = 'a\b'"), "{renamed}");
        assert!(renamed.contains(r#"session_name = "a\\b""#), "{renamed}");
    }

    #[test]
    fn names_that_cannot_be_are_refused() {
        for (place, new, why) in [
            ("${mo$0del}", "a-b", "cannot name a variable"),
            ("${mo$0del}", "", "cannot name a variable"),
            ("'ge$0t'", "a b", "cannot be the id of a step"),
            ("mine$0/key", "mine//key", "no empty part"),
            ("gpu$0-1", "-v", "does not start with `-`"),
            ("session_name = 's$0'", "a.b", "tmux does not allow"),
            ("session_name = 's$0'", "${model}", "holds a reference"),
        ] {
            let said = at(place, new);
            assert!(said.contains(why), "{place} {new}: {said}");
        }
    }

    #[test]
    fn names_that_are_taken_are_refused() {
        for (place, new, why) in [
            ("${mo$0del}", "files", "there is a variable 'files' already"),
            ("${mo$0del}", "HOME", "'HOME' is used in line 6"),
            ("${mo$0del}", "target", "built in"),
            ("'ge$0t'", "b", "there is a step 'b' already, in line 9"),
            ("mine$0/key", "wandb/api_key", "is stored already"),
            (
                "mine$0/key",
                "github/token",
                "there is a secret 'github/token' already",
            ),
            ("gpu$0-1", "local", "this machine"),
        ] {
            let said = at(place, new);
            assert!(said.contains(why), "{place} {new}: {said}");
        }
        // Nothing is stored as github/token: it becomes the one that is.
        assert!(at("github$0/token", "mine/key").contains("${secret:mine/key}${secret:mine/key}"));
    }

    #[test]
    fn what_is_not_the_recipes_own_is_left_alone() {
        for (text, why) in [
            (
                "[[step]]\nssh_command = { command = '${HO$0ME}' }",
                "belongs to the remote shell",
            ),
            (
                "[[step]]\nssh_command = { command = '${tar$0get}' }",
                "built in",
            ),
            (
                "[[step]]\nssh_command = { command = '${env.US$0ER}' }",
                "environment",
            ),
            (
                "[[step]]\nssh_command = { host_id = 'lo$0cal' }",
                "this machine",
            ),
            ("[[step]]\nid$0 = 'a'", "no name here"),
        ] {
            let said = check(text, "x");
            assert!(said.contains(why), "{text}: {said}");
        }
    }

    #[test]
    fn a_variable_of_the_shell_is_renamed_in_its_operation() {
        let text = "[variables]\nmodel = 'x'\n[[step]]\nssh_command = { command = 'T=1; for f in $DIR ${DIR}; do $HOME $f /DIR; done', env = { DIR = 'DIR' } }\n[[step]]\nssh_command = { command = '$DIR' }\n";
        let at = |place: &str, new| check(&text.replacen(&place.replace("$0", ""), place, 1), new);
        let renamed = text
            .replace("in $DIR ${DIR}", "in $D ${D}")
            .replace("{ DIR =", "{ D =");
        for place in ["{ DI$0R", "$0$DIR", "$DI$0R", "${DI$0R}"] {
            assert_eq!(at(place, "D"), renamed, "{place}");
        }
        assert_eq!(
            at("$$0f", "g"),
            text.replace("for f", "for g").replace("$f", "$g")
        );
        for (new, why) in [
            ("a-b", "cannot name a variable"),
            ("f", "'f' stands in line 4"),
            ("HOME", "'HOME' stands in line 4"),
            ("model", "is a variable of the recipe"),
        ] {
            let said = at("{ DI$0R", new);
            assert!(said.contains(why), "{new}: {said}");
        }
        let read = "[[step]]\nssh_command = { command = 'read $0f; f=$f' }\n";
        assert!(check(read, "g").contains("no name here"));
        let read = read.replace("$0f; f=", "f; $0f=");
        assert!(check(&read, "g").contains("in line 2 a program may know 'f'"));
        let kept = "[[step]]\nrun_commands = { commands = '$0A=1', tmux_mode = 'existing', session_name = 's' }\n";
        assert!(check(kept, "g").contains("later steps"));
    }

    #[test]
    fn a_secret_is_renamed_in_every_recipe() {
        let (here, offset) = at_cursor("[variables]\na = '${secret:mine/$0key}'\n");
        let (there, _) = at_cursor("$0[variables]\nb = \"${secret:mine/key}\"\n");
        let (other, _) = at_cursor("$0[variables]\nb = '1'\n");
        let secrets = secrets();
        let all = [&here, &other, &there];
        let edited = rename(&all, offset, "x/y", &world(&secrets, false)).expect("a good name");
        let touched: Vec<usize> = edited.iter().map(|it| it.recipe).collect();
        assert_eq!(touched, [0, 2]);
    }
}
