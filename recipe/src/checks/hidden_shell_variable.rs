use std::collections::HashMap;

use super::{Check, Part, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::Role;
use crate::reference::ReferenceKind;
use crate::span::Span;

pub(super) const CHECK: Check = Check {
    code: "hidden-shell-variable",
    severity: Severity::Warning,
    title: "A variable of the script that one of the recipe hides",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    part.each_text(&mut |text| {
        if text.role != Role::Shell {
            return;
        }
        let script = text.as_str();
        let mut set: HashMap<&str, Vec<usize>> = HashMap::new();
        for reference in &text.references {
            let ReferenceKind::Variable(name) = &reference.kind else {
                continue;
            };
            if !part.names.is_variable(name) {
                continue;
            }
            let set = set.entry(name).or_insert_with(|| set_at(script, name));
            let before = set.partition_point(|at| *at < reference.range.start);
            let Some(at) = before.checked_sub(1).map(|last| set[last]) else {
                continue;
            };
            let message = format!(
                "the recipe's '{name}' is put here, not what the script has set: write '$${{{name}}}' for the shell's"
            );
            let set = text.source.span_of(at, at + name.len());
            let dollar = Span::at(reference.span.start);
            let diagnostic = CHECK.at(reference.span, message).related(set, "it is set here");
            found.push(diagnostic.fix(format!("Change to '$${{{name}}}'"), dollar, "$"));
        }
    });
}

/// How much of a line is looked at before a name.
const REACH: usize = 200;

/// Where the script gives `name` a value that is not the recipe's own.
fn set_at(script: &str, name: &str) -> Vec<usize> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let own = [format!("${{{name}}}"), format!("${name}")];
    let is_set = |at: &usize| {
        let after = &script[at + name.len()..];
        let reach = script.floor_char_boundary(at.saturating_sub(REACH));
        let before = &script[reach..*at];
        if before.ends_with(is_part) || after.starts_with(is_part) {
            return false;
        }
        let line = before
            .rsplit(['\n', ';', '&', '|', '(', '{'])
            .next()
            .unwrap_or(before);
        let words: Vec<&str> = line.split_whitespace().collect();
        let blank = before.ends_with(char::is_whitespace) || line.is_empty();
        match (words.as_slice(), after.strip_prefix('=')) {
            (["for"] | ["do", "for"], None) => after.trim_start().starts_with("in "),
            (["read", ..] | ["while" | "do", "read", ..], None) => blank,
            (
                [] | ["then" | "do" | "else" | "export" | "local" | "readonly" | "declare"],
                Some(value),
            ) => {
                let value = value.trim_start_matches(['"', '\'']);
                let is_own = own.iter().any(|own| value.starts_with(own.as_str()));
                blank && !value.starts_with('=') && !is_own
            }
            _ => false,
        }
    };
    let places = script.match_indices(name).map(|(at, _)| at);
    places.filter(is_set).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_script_sets_is_seen() {
        for own in [
            "i=1; ",
            "for i in 1 2; do ",
            "while read -r i; do ",
            "export i=$(date)\n",
            "  i=\"x\"\n",
            "if true; then i=2; fi; ",
        ] {
            assert_eq!(set_at(own, "i").len(), 1, "{own}");
        }
        for foreign in [
            "i=${i}; ",
            "i=\"${i}\"\n",
            "make i=3 ",
            "run --i=3 ",
            "echo i=3\n",
            "[ $i == 3 ]; ",
            "xi=1; ",
            "echo for i in you\n",
        ] {
            assert_eq!(set_at(foreign, "i"), [0; 0], "{foreign}");
        }
    }
}
