//! Hover: what the thing under the cursor is. Of a secret it says whether and where it is stored and
//! how one gets it, never its value.

use recipe::cursor::{Cursor, Place, Slot};
use recipe::language::{Kind, NameKind, Role};
use recipe::model::Text;
use recipe::reference::{Reference, ReferenceKind};
use recipe::symbol::symbol_at;
use recipe::{Analysis, Mask, SecretName, Span, seconds};

use super::shell_names::{self, Origin};
use super::wording::{self, code, quoted};
use super::world::{World, day};
use super::{places, waits};

/// What is said of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hover {
    /// What it is about.
    pub(crate) span: Span,
    /// What is said, in our small Markdown.
    pub(crate) markdown: String,
}

/// What is said of `offset`, if anything.
pub(crate) fn hover(analysis: &Analysis, offset: usize, world: &World<'_>) -> Option<Hover> {
    let mask = analysis.mask();
    let place = Hovering {
        analysis,
        world,
        mask,
    };
    let (span, markdown) = place
        .reference(offset)
        .or_else(|| place.shell_variable(offset))
        .or_else(|| place.name(offset))
        .or_else(|| place.host_or_session(offset))
        .or_else(|| place.word(offset))?;
    Some(Hover { span, markdown })
}

/// A recipe that is looked at.
struct Hovering<'a> {
    analysis: &'a Analysis,
    world: &'a World<'a>,
    mask: Mask,
}

impl Hovering<'_> {
    fn host_or_session(&self, offset: usize) -> Option<(Span, String)> {
        let (span, said) = places::at(self.analysis, offset, self.world)?;
        Some((span, self.mask.hide(&said).into_owned()))
    }

    /// A reference in a string.
    fn reference(&self, offset: usize) -> Option<(Span, String)> {
        let mut found: Option<(&Text, &Reference)> = None;
        self.analysis.recipe.each_text_at(offset, &mut |text| {
            let at = |it: &&Reference| it.span.start <= offset && offset < it.span.end;
            let here = text.references.iter().find(at);
            found = here.map(|it| (text, it)).or(found);
        });
        let (text, reference) = found?;
        let said = match &reference.kind {
            ReferenceKind::Variable(name)
                if text.role == Role::Shell && self.is_the_shells(name) =>
            {
                self.left_to_the_shell(name, text.as_str(), reference.span.start)
            }
            ReferenceKind::Variable(name) => self.variable(name),
            ReferenceKind::Secret(name) => self.secret(name),
            ReferenceKind::StepOutput(id) => {
                format!(
                    "{}\n\nIts standard output, without the last newline.",
                    self.step(id)
                )
            }
            ReferenceKind::StepExitCode(id) => format!("{}\n\nIts exit code.", self.step(id)),
            ReferenceKind::Env(name) => format!(
                "Environment variable `{name}` of the machine that runs the recipe, read at the start."
            ),
            ReferenceKind::Escape => "A literal `${`.".to_owned(),
            ReferenceKind::Malformed(_) => return None,
        };
        Some((reference.span, said))
    }

    /// A variable in shell text that is none of the recipe's, as `$NAME` or `${NAME:-x}`.
    fn shell_variable(&self, offset: usize) -> Option<(Span, String)> {
        let (name, span, text) = shell_names::at(self.analysis, offset)?;
        Some((
            span,
            self.left_to_the_shell(&name, text.as_str(), span.start),
        ))
    }

    fn left_to_the_shell(&self, name: &str, text: &str, offset: usize) -> String {
        let known = shell_names::known(self.analysis, offset, text);
        let origin = known.iter().find(|(known, _)| known == name);
        let from = match origin {
            Some((_, Origin::Env)) => " It comes from `env`.",
            Some((_, Origin::Assigned)) => " This command assigns it.",
            None => "",
        };
        let own = match self.analysis.names.is_variable(name) {
            true => format!("To use the recipe's variable of that name, write `${{{name}}}`."),
            false => "The recipe has no variable of that name.".to_owned(),
        };
        format!("`{name}` is left to the remote shell.{from} {own}")
    }

    /// The name of a variable or step, where it is defined or named without `${…}`.
    fn name(&self, offset: usize) -> Option<(Span, String)> {
        let cursor = Cursor::of(self.analysis, offset);
        let Place::String { quotes, .. } = &cursor.place else {
            return self.defined_variable(&cursor, offset);
        };
        let Some(Slot::Value(param)) = cursor.slot() else {
            return None;
        };
        // What it says, whatever escapes it is written with.
        let symbol = symbol_at(self.analysis, offset).map(|(symbol, _)| symbol.name);
        let written = || self.analysis.text[quotes.content.range()].to_owned();
        let name = &symbol.unwrap_or_else(written);
        let said = match param.kind {
            Kind::StepIds => {
                let path = waits::path_to(self.analysis, offset, Some(name));
                let path = path.map(|path| format!("\n\n{path}"));
                self.step(name) + &path.unwrap_or_default()
            }
            Kind::Name(NameKind::StepReference | NameKind::StepId) => self.step(name),
            Kind::Name(NameKind::ReadVariable | NameKind::SetVariable) => self.variable(name),
            _ => return None,
        };
        Some((quotes.content, said))
    }

    /// A key of `[variables]`.
    fn defined_variable(&self, cursor: &Cursor, offset: usize) -> Option<(Span, String)> {
        let Place::Key { word, .. } = cursor.place else {
            return None;
        };
        let is_variable = matches!(cursor.slot(), Some(Slot::Variables)) && !word.is_empty();
        let written = self.analysis.text[word.range()].trim_matches(['"', '\'']);
        let symbol = symbol_at(self.analysis, offset).map(|(symbol, _)| symbol.name);
        let name = symbol.unwrap_or_else(|| written.to_owned());
        is_variable.then(|| (word, self.variable(&name)))
    }

    /// A key, an operation, a header, or a value that is one of several words.
    fn word(&self, offset: usize) -> Option<(Span, String)> {
        let cursor = Cursor::of(self.analysis, offset);
        let text = |span: Span| &self.analysis.text[span.range()];
        match &cursor.place {
            Place::Key { word, .. } => {
                let name = text(*word).trim_matches(['"', '\'']);
                let key = cursor.slot()?.key(name)?;
                let mut said = wording::key(key);
                if name == "depends_on" {
                    let path = waits::path_to(self.analysis, offset, None);
                    said.extend(path.map(|path| format!("\n\n{path}")));
                }
                Some((*word, said))
            }
            Place::Header { span } => {
                let name = text(*span).trim_matches(['[', ']', ' ']);
                let said = match name {
                    "recipe" => "What the recipe is: its name, version and description.",
                    "target" => {
                        "What kind of host the recipe wants. Which one is chosen at run time."
                    }
                    "variables" => "Texts that steps refer to as `${name}`.",
                    "step" => "A step: an id, what it depends on, and exactly one operation.",
                    _ => return None,
                };
                Some((*span, said.to_owned()))
            }
            Place::String { quotes, .. } => match cursor.slot()? {
                Slot::Value(param) if matches!(param.kind, Kind::Enumeration(_)) => Some((
                    quotes.content,
                    wording::key(recipe::cursor::KnownKey::Param(param)),
                )),
                _ => None,
            },
            Place::Value { word, .. } if !word.is_empty() => match cursor.slot()? {
                Slot::Value(param) => {
                    let key = wording::key(recipe::cursor::KnownKey::Param(param));
                    let seconds = text(*word).replace('_', "").parse().ok();
                    let words = seconds
                        .filter(|_| param.name.ends_with("_secs"))
                        .and_then(seconds::duration);
                    let words = words.map(|words| format!("**{words}**\n\n"));
                    Some((*word, words.unwrap_or_default() + &key))
                }
                _ => None,
            },
            Place::Value { .. } | Place::Nothing => None,
        }
    }

    fn secret(&self, name: &SecretName) -> String {
        let (whereabouts, is_there) = self.world.whereabouts(name);
        let mut lines = vec![format!("**Secret** `{name}`: {whereabouts}")];
        let entry = self.world.entry(name);
        if let Some(since) = entry.and_then(|entry| entry.since) {
            lines.push(format!("Stored since {}.", day(since)));
        }
        let known = name.well_known();
        let described = entry.and_then(|entry| entry.description.as_deref().map(code));
        lines.extend(described.or_else(|| known.map(|known| known.description.to_owned())));
        lines.extend(known.map(|known| format!("Get one at {}.", known.obtain)));
        if is_there == Some(false) {
            lines.push(format!("Store it with `doppio secret set {name}`."));
        }
        lines.push(
            "Its value is read when the first step that needs it runs, and never shown.".to_owned(),
        );
        lines.join("\n\n")
    }

    /// Whether `${name}` in shell text means nothing of ours.
    fn is_the_shells(&self, name: &str) -> bool {
        !self.analysis.names.is_variable(name) && !matches!(name, "target" | "now")
    }

    fn variable(&self, name: &str) -> String {
        let names = &self.analysis.names;
        if !names.is_variable(name) {
            return match name {
                "target" => "The host that the run was started for.".to_owned(),
                "now" => "The time the run started, RFC 3339, UTC.".to_owned(),
                _ => format!("The recipe has no variable {}.", self.shown(name)),
            };
        }
        let mut lines = vec![format!("**Variable** {}", self.shown(name))];
        let value = self
            .analysis
            .recipe
            .variable(name)
            .and_then(|it| it.value.as_ref());
        lines.extend(value.map(|text| self.value(text.as_str())));
        let set_by = names
            .variables
            .get(name)
            .map(|it| it.set_by.as_slice())
            .unwrap_or_default();
        for place in set_by {
            let step = place
                .step
                .and_then(|index| self.analysis.recipe.steps.get(index));
            if let Some(id) = step.and_then(|step| step.id()) {
                lines.push(format!("Set by step {}.", self.shown(&id.value)));
            }
        }
        lines.join("\n\n")
    }

    /// A value of `[variables]`, line by line if it has several.
    fn value(&self, text: &str) -> String {
        // A key of several lines is one only as a whole.
        let text = self.mask.hide(text);
        let lines: Vec<&str> = text.trim().lines().collect();
        match lines.as_slice() {
            [] if text.is_empty() => "Its value is empty.".to_owned(),
            [] => "Its value is blank.".to_owned(),
            [line] => format!("Its value: {}", quoted(&self.mask, line)),
            lines => {
                let shown = lines.iter().take(MOST_LINES);
                let shown: String = shown
                    .map(|line| format!("\n- {}", quoted(&self.mask, line)))
                    .collect();
                let more = lines.len().saturating_sub(MOST_LINES);
                let more = if more > 0 {
                    format!("\n- … {more} more")
                } else {
                    String::new()
                };
                format!("Its value, of {} lines:{shown}{more}", lines.len())
            }
        }
    }

    fn step(&self, id: &str) -> String {
        let Some(step) = self.analysis.recipe.step(id) else {
            return format!("There is no step {}.", self.shown(id));
        };
        let mut lines = vec![format!("**Step** {}", self.shown(id))];
        let name = step.fields.name("name");
        lines.extend(name.map(|name| quoted(&self.mask, &name.value)));
        if let Some(operation) = step.operation() {
            lines.push(format!("`{}`: {}", operation.spec.name, operation.spec.doc));
        }
        let ids = step.fields.names("depends_on");
        if !ids.is_empty() {
            let ids: Vec<String> = ids.iter().map(|id| self.shown(&id.value)).collect();
            lines.push(format!("Depends on {}.", ids.join(", ")));
        }
        lines.join("\n\n")
    }

    /// A name of the recipe's, where somebody may have written a credential by mistake.
    fn shown(&self, name: &str) -> String {
        code(&self.mask.hide(name))
    }
}

/// More lines of a value than these are a number.
const MOST_LINES: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::{at_cursor, secrets, world};

    /// What is said at `$0`, and of what.
    fn check(text: &str) -> String {
        let (analysis, offset) = at_cursor(text);
        let secrets = secrets();
        let hover = hover(&analysis, offset, &world(&secrets, false));
        hover.map_or_else(String::new, |hover| {
            format!("{}: {}", &analysis.text[hover.span.range()], hover.markdown)
        })
    }

    const RECIPE: &str = "[recipe]\nname = 'x'\n[variables]\nmodel = 'bert'\n[[step]]\nid = 'get'\nname = 'Get it'\n\
        ssh_command = { command = 'ls', capture_output = 'files' }\n[[step]]\nid = 'b'\ndepends_on = ['get']\n\
        ssh_command = { command = \"echo TEXT\", env = { A = \"${secret:mine/key}\" } }\n";

    fn shell(text: &str) -> String {
        check(&RECIPE.replace("TEXT", text))
    }

    #[test]
    fn secrets_tell_where_they_are_and_how_one_gets_them() {
        let said = shell("${secret:mine/$0key}");
        assert!(
            said.starts_with("${secret:mine/key}: **Secret** `mine/key`: keychain"),
            "{said}"
        );
        assert!(
            said.contains("2026-01-02") && said.contains("The key of the shed"),
            "{said}"
        );
        let said = shell("${secret:github/$0token}");
        assert!(
            said.contains("not stored") && said.contains("doppio secret set github/token"),
            "{said}"
        );
        assert!(said.contains("Settings → Developer settings"), "{said}");
        let said = shell("${secret:wandb/api_key$0}");
        assert!(
            said.contains("environment variable DOPPIO_SECRET_WANDB_API_KEY"),
            "{said}"
        );
    }

    #[test]
    fn references_tell_whose_they_are() {
        assert!(shell("${mo$0del}").contains("Its value: `bert`"));
        assert!(shell("${fil$0es}").contains("Set by step `get`"));
        assert!(
            shell("${HO$0ME}").contains("`HOME` is left to the remote shell. The recipe has none")
                || shell("${HO$0ME}").contains("left to the remote shell")
        );
        assert!(shell("${tar$0get}").contains("The host that the run was started for"));
        assert!(shell("${env.US$0ER}").contains("of the machine that runs the recipe"));
        assert!(shell("${step.get.out$0put}").contains("**Step** `get`"));
        assert!(shell("$$0${x}").contains("A literal"));
        assert_eq!(shell("ls$0"), "");
    }

    #[test]
    fn names_keys_operations_and_words() {
        let text = |place: &str| {
            RECIPE
                .replace("TEXT", "x")
                .replacen(&place.replace("$0", ""), place, 1)
        };
        assert!(check(&text("mo$0del =")).starts_with("model: **Variable** `model`"));
        assert!(check(&text("['ge$0t']")).starts_with("get: **Step** `get`"));
        assert!(check(&text("ssh_com$0mand =")).contains("Runs one shell command"));
        assert!(check(&text("depends$0_on")).contains("must be done before"));
        assert!(check(&text("comm$0and =")).contains("shell text"));
        assert!(check(&text("[rec$0ipe]")).starts_with("[recipe]: What the recipe is"));
        assert!(check("[target]\ntype = \"lo$0cal\"").contains("`\"vast\"`"));
        assert!(check("[[step]]\ngit_clone$0 = {}").contains("does not run it yet"));
        assert_eq!(check("# $0 comment"), "");
    }

    #[test]
    fn values_are_shown_whole_and_names_as_what_they_say() {
        let value =
            |value: &str| check(&format!("[variables]\na$0 = {value}\n[[step]]\nid = 'a'\n"));
        assert!(value("''").ends_with("Its value is empty."));
        assert!(value("' '").ends_with("Its value is blank."));
        assert!(value("\"one\\n  two\\n\"").ends_with("Its value, of 2 lines:\n- `one`\n- `two`"));
        let long = value(&format!("\"{}\"", "x\\n".repeat(20)));
        assert!(long.ends_with("\n- … 12 more"), "{long}");
        let step = RECIPE.replace("['get']", "[\"g\\u0065$0t\"]");
        assert!(check(&step).contains("**Step** `get`"), "{}", check(&step));
        let key = "[variables]\n\"m\\u006f$0del\" = 'x'\n[[step]]\nid = 'a'\n";
        assert!(
            check(key).contains("**Variable** `model`"),
            "{}",
            check(key)
        );
        let said = shell("${PIPE$0STATUS[0]} ${HOME:-${X}}");
        assert!(said.starts_with("${PIPESTATUS[0]}: "), "{said}");
    }

    #[test]
    fn what_the_shell_expands_is_left_to_it() {
        for place in ["$HO$0ME", "${HO$0ME:-/x}", "$A$0"] {
            let said = shell(place);
            assert!(
                said.contains("is left to the remote shell"),
                "{place}: {said}"
            );
        }
        assert!(shell("$A$0").contains("It comes from `env`"));
        assert!(shell("; B=1; echo $B$0").contains("This command assigns it"));
        assert!(shell("echo $mo$0del").contains("write `${model}`"));
        assert_eq!(shell("costs 5$0"), "");
    }

    #[test]
    fn dependencies_show_their_path_and_durations_are_said_in_words() {
        let text = |place: &str| {
            RECIPE
                .replace("TEXT", "x")
                .replacen(&place.replace("$0", ""), place, 1)
        };
        assert!(check(&text("['ge$0t']")).ends_with("Path: `get` → `b`"));
        assert!(check(&text("depends$0_on")).ends_with("Path: `get` → `b`"));
        let said = check("[[step]]\nid = 'a'\nsleep = { duration_secs = 5_4$000 }\n");
        assert!(said.starts_with("5_400: **1 hour 30 minutes**"), "{said}");
        let said = check("[[step]]\nid = 'a'\nretry = { delay_secs = 5$0 }\n");
        assert!(said.starts_with("5: **delay_secs**"), "{said}");
    }

    #[test]
    fn an_operation_shows_how_it_is_written() {
        let said = check("[[step]]\nid = 'a'\nset_v$0ar = {}\n");
        assert!(
            said.starts_with("set_var: **set_var** `{ name, value }`"),
            "{said}"
        );
        let said = check("[[step]]\nid = 'a'\ntmux_k$0ill = {}\n");
        assert!(said.contains("`{ session_name, host_id? }`"), "{said}");
        assert!(
            said.contains("- `host_id?`: a string, default `\"${target}\"`."),
            "{said}"
        );
    }
}
