//! What is different between what was approved and what would be done now, in words.

use std::collections::BTreeSet;

use super::{Does, Effects, LOCAL, OnHost};

impl Effects {
    /// What changed since `before`, as lines that start with `+` for what is new and `-` for what is
    /// gone. Never empty where the hashes differ.
    pub fn changes_since(&self, before: &Self) -> Vec<String> {
        let (old, new) = (facts(before), facts(self));
        let is_new = |host: &str| before.hosts.iter().all(|known| known.host != host);
        let added = new.difference(&old);
        let mut lines: Vec<String> = added
            .map(|fact| match is_new(fact.host()) && fact.host() != LOCAL {
                true => format!("+ {} (a new host)", fact.words()),
                false => format!("+ {}", fact.words()),
            })
            .collect();
        lines.extend(
            old.difference(&new)
                .map(|fact| format!("- {}", fact.words())),
        );
        if lines.is_empty() && self.hash != before.hash {
            let words =
                "~ the order of the steps, or what they hand on to one another, is different";
            lines.push(words.to_owned());
        }
        lines
    }
}

/// How much of a command a change quotes, in characters.
const LONGEST: usize = 160;

/// Something that a run does. The order of the variants is the order in which they are told: secrets
/// on new ways are what a person looks for.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fact<'a> {
    Sends { secret: &'a str, host: &'a str },
    Hands { variable: &'a str, host: &'a str },
    Runs { host: &'a str, does: String },
}

fn facts(effects: &Effects) -> BTreeSet<Fact<'_>> {
    let mut all = BTreeSet::new();
    for OnHost {
        host,
        secrets,
        environment,
        commands,
    } in &effects.hosts
    {
        all.extend(secrets.iter().map(|secret| Fact::Sends { secret, host }));
        let variables = environment.iter();
        all.extend(variables.map(|variable| Fact::Hands { variable, host }));
        all.extend(commands.iter().map(|it| Fact::Runs {
            host,
            does: words(it),
        }));
    }
    all
}

impl Fact<'_> {
    fn host(&self) -> &str {
        match self {
            Self::Sends { host, .. } | Self::Hands { host, .. } | Self::Runs { host, .. } => host,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Sends { secret, host } if *host == LOCAL => {
                format!("uses {secret} on this machine")
            }
            Self::Sends { secret, host } => format!("sends {secret} to {host}"),
            Self::Hands { variable, host } if *host == LOCAL => {
                format!("reads ${variable} of this machine")
            }
            Self::Hands { variable, host } => {
                format!("sends ${variable} of this machine to {host}")
            }
            Self::Runs { host, does } if *host == LOCAL => {
                format!("runs on this machine: {}", one_line(does))
            }
            Self::Runs { host, does } => format!("runs on {host}: {}", one_line(does)),
        }
    }
}

/// A change is one line, so that no command can look like several. The summary has all of it.
fn one_line(text: &str) -> String {
    let whole = text.lines().collect::<Vec<_>>().join(" ⏎ ");
    let mut line: String = whole.chars().take(LONGEST).collect();
    if line.len() < whole.len() {
        line.push('…');
    }
    line
}

/// A command without the id of its step, which is only a name.
fn words(does: &Does) -> String {
    let mut words = match does.text.trim() {
        "" => "a shell".to_owned(),
        text => text.to_owned(),
    };
    if let Some(session) = &does.session {
        words.push_str(&format!(" (tmux session {session})"));
    }
    if let Some(folder) = &does.folder {
        words.push_str(&format!(" (in {folder})"));
    }
    if !does.env.is_empty() {
        words.push_str(&format!(" (with {})", does.env.join(", ")));
    }
    if let Some(when) = &does.when {
        words.push_str(&format!(" (when {when})"));
    }
    words
}
