//! What is known of a host or a tmux session: which steps have to do with it, and of a host where it is. Nothing
//! connects to find that out.

use recipe::language::Role;
use recipe::model::{Step, StepOperation, Text};
use recipe::plan::Piece;
use recipe::reference::ReferenceKind;
use recipe::symbol::{SymbolKind, symbol_at};
use recipe::{Analysis, Span};

use super::World;
use super::wording::code;

/// What is said of the host or session that is named at `offset`, and where the name stands.
pub(super) fn at(analysis: &Analysis, offset: usize, world: &World<'_>) -> Option<(Span, String)> {
    let (symbol, span) = symbol_at(analysis, offset)?;
    let said = match symbol.kind {
        SymbolKind::Session => session(analysis, &symbol.name),
        SymbolKind::Host => host(analysis, &symbol.name, world),
        _ => return None,
    };
    Some((span, said))
}

fn session(analysis: &Analysis, name: &str) -> String {
    let (mut started, mut used, mut ended) = (Vec::new(), Vec::new(), Vec::new());
    for (step, operation) in operations(analysis) {
        if !names(analysis, operation, Role::Session, name) {
            continue;
        }
        let mode = operation.fields.name("tmux_mode");
        let steps = match operation.spec.name {
            "tmux_new" => &mut started,
            "tmux_kill" => &mut ended,
            _ if mode.is_some_and(|mode| mode.value == "new") => &mut started,
            _ => &mut used,
        };
        steps.push(step);
    }
    let mut lines = vec![format!("**tmux session** {}", code(name))];
    match started.is_empty() {
        true => lines.push("No step of this recipe starts it: it must be there.".to_owned()),
        false => lines.extend(listed("Started by", &started)),
    }
    lines.extend(listed("Used by", &used));
    lines.extend(listed("Ended by", &ended));
    lines.join("\n\n")
}

fn host(analysis: &Analysis, name: &str, world: &World<'_>) -> String {
    let mut lines = vec![format!("**Host** {}", code(name))];
    let hosts = (world.listed)();
    let known = hosts.iter().find(|it| it.name == name);
    lines.push(match known {
        _ if matches!(name, "local" | "__local__") => "This machine, without SSH.".to_owned(),
        Some(host) => {
            let file = if host.is_own {
                "hosts.toml"
            } else {
                "~/.ssh/config"
            };
            let user = host.user.as_ref().map(|it| format!("{it}@"));
            let port = host.port.map(|it| format!(", port {it}"));
            let address = host.hostname.as_ref().unwrap_or(&host.name);
            let address = format!("{}{address}", user.unwrap_or_default());
            format!(
                "{}{}, says {file}.",
                code(&address),
                port.unwrap_or_default()
            )
        }
        None if !world.is_trusted => "Not looked up: this folder is not trusted.".to_owned(),
        None => {
            "Neither hosts.toml nor ~/.ssh/config has it: it is taken for an address.".to_owned()
        }
    });
    let used = operations(analysis).filter(|(_, it)| names(analysis, it, Role::Host, name));
    let used: Vec<&Step> = used.map(|(step, _)| step).collect();
    lines.extend(listed("Used by", &used));
    lines.join("\n\n")
}

fn operations(analysis: &Analysis) -> impl Iterator<Item = (&Step, &StepOperation)> {
    let steps = analysis.recipe.steps.iter();
    steps.flat_map(|step| step.operations.iter().map(move |it| (step, it)))
}

/// Whether an operation names the thing, be it by a variable.
fn names(analysis: &Analysis, operation: &StepOperation, role: Role, name: &str) -> bool {
    let mut found = false;
    operation.fields.each_text(&mut |text| {
        found |= text.role == role && stands_for(analysis, text) == Some(name);
    });
    found
}

/// What a text says, or the variable that is all of it.
fn stands_for<'a>(analysis: &'a Analysis, text: &'a Text) -> Option<&'a str> {
    let [reference] = text.references.as_slice() else {
        return text.references.is_empty().then(|| text.as_str());
    };
    let ReferenceKind::Variable(variable) = &reference.kind else {
        return None;
    };
    let is_whole = reference.range == (0..text.as_str().len());
    let value = analysis.variables.value(variable).filter(|_| is_whole)?;
    match value.0.as_slice() {
        [Piece::Text(name)] => Some(name),
        _ => None,
    }
}

/// More steps than these are a number.
const MOST_LISTED: usize = 8;

fn listed(what: &str, steps: &[&Step]) -> Option<String> {
    let ids = steps.iter().take(MOST_LISTED);
    let ids = ids.map(|step| {
        step.id()
            .map_or_else(|| "?".to_owned(), |id| code(&id.value))
    });
    let ids: Vec<String> = ids.collect();
    let more = steps.len().saturating_sub(MOST_LISTED);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let steps = if steps.len() == 1 { "step" } else { "steps" };
    (!ids.is_empty()).then(|| format!("{what} {steps} {}{more}.", ids.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::{at_cursor, secrets, world};

    const RECIPE: &str = "[recipe]\nname = 'x'\n[variables]\nwork = 'train'\n[[step]]\nid = 'a'\n\
        tmux_new = { session_name = 'train', command = 'x', host_id = 'gpu-1' }\n[[step]]\nid = 'b'\n\
        tmux_send = { session_name = '${work}', keys = 'q' }\n[[step]]\nid = 'c'\n\
        run_commands = { commands = 'ls', tmux_mode = 'existing', session_name = \"tr\\u0061in\" }\n[[step]]\nid = 'd'\n\
        tmux_kill = { session_name = 'train', host_id = 'me@elsewhere' }\n[[step]]\nid = 'e'\n\
        tmux_kill = { session_name = 'other', host_id = 'local' }\n";

    fn check(place: &str) -> String {
        let text = RECIPE.replacen(&place.replace("$0", ""), place, 1);
        let (analysis, offset) = at_cursor(&text);
        let secrets = secrets();
        at(&analysis, offset, &world(&secrets, false)).map_or_else(String::new, |(_, said)| said)
    }

    #[test]
    fn a_session_tells_who_starts_uses_and_ends_it() {
        let said = "**tmux session** `train`\n\nStarted by step `a`.\n\nUsed by steps `b`, `c`.\n\nEnded by step `d`.";
        assert_eq!(check("'tr$0ain', command"), said);
        assert_eq!(check("work = 'tra$0in'"), said);
        assert_eq!(check("tr\\u0061i$0n"), said);
        assert_eq!(
            check("'oth$0er'"),
            "**tmux session** `other`\n\nNo step of this recipe starts it: it must be there.\n\nEnded by step `e`."
        );
    }

    #[test]
    fn a_host_tells_where_it_is_and_who_uses_it() {
        assert_eq!(
            check("gpu$0-1"),
            "**Host** `gpu-1`\n\n`me@10.0.0.7`, port 2222, says hosts.toml.\n\nUsed by step `a`."
        );
        let said = check("me@else$0where");
        assert!(said.contains("taken for an address"), "{said}");
        assert!(check("'lo$0cal'").contains("This machine"));
    }
}
