//! What the tests of the features share: a recipe with a cursor, and a world around it.

use std::sync::Arc;

use recipe::{Analyser, Analysis, LineIndex, SecretName, Span};
use runner::hosts::Listed;
use runner::secrets::{Entry, Listing, Presence, Source, Stale, Unavailable};

use super::World;
use crate::secrets::{News, Secrets};

/// The analysis of a text, and where `$0` was in it.
pub(super) fn at_cursor(text: &str) -> (Analysis, usize) {
    let offset = text.find("$0").expect("a cursor");
    let text = text.replacen("$0", "", 1);
    (
        Analyser::default().analyse(Arc::from(text), Some("a.recipe.toml")),
        offset,
    )
}

/// The text with a line `^^^ label` under each marked place, in order of place.
pub(super) fn marked(text: &str, marks: &[(Span, &str)]) -> String {
    let lines = LineIndex::new(text);
    let mut shown = String::new();
    for (line, content) in text.split_inclusive('\n').enumerate() {
        shown.push_str(content);
        let here = |span: Span| lines.line_of(span.start) == line;
        for (span, label) in marks.iter().filter(|(span, _)| here(*span)) {
            let (_, column) = lines.position(text, span.start);
            let width = text[span.range()].chars().count();
            let (blanks, marks) = (" ".repeat(column - 1), "^".repeat(width));
            shown.push_str(&format!("{blanks}{marks} {label}\n"));
        }
    }
    shown
}

/// The text without such lines.
pub(super) fn unmarked(text: &str) -> String {
    let is_text = |line: &&str| !line.trim_start().starts_with('^');
    text.split_inclusive('\n').filter(is_text).collect()
}

/// A keychain that told of `mine/key`, of `wandb/api_key` from the environment, and that
/// `github/token` is missing.
pub(super) fn secrets() -> Secrets {
    let name = |text| SecretName::parse(text).expect("a name");
    let variable = "DOPPIO_SECRET_WANDB_API_KEY".to_owned();
    let mut secrets = Secrets::new();
    secrets.learn(News::Presence(vec![
        (
            name("wandb/api_key"),
            Presence::Present(Source::Environment { variable }),
        ),
        (name("github/token"), Presence::Missing),
    ]));
    secrets.learn(News::Listing(Listing {
        entries: vec![Entry {
            name: name("mine/key"),
            description: Some("The key of the shed".to_owned()),
            since: "2026-01-02T03:04:05Z".parse().ok(),
            shadowed_by: None,
        }],
        ..Listing::default()
    }));
    secrets
}

/// The same keychain, now locked.
pub(super) fn locked() -> Secrets {
    let mut secrets = secrets();
    let mut listing = secrets.listing.clone().expect("it was listed");
    listing.stale = Some(Stale {
        as_of: "2026-02-03T00:00:00Z".parse().ok(),
        why: Unavailable::Locked,
    });
    secrets.learn(News::Listing(listing));
    secrets
}

/// A machine without any.
pub(super) fn unreachable() -> Secrets {
    let mut secrets = Secrets::new();
    let why = || Unavailable::NoBus;
    let name = SecretName::parse("github/token").expect("a name");
    secrets.learn(News::Presence(vec![(name, Presence::Unknown(why()))]));
    let stale = Some(Stale {
        as_of: None,
        why: why(),
    });
    secrets.learn(News::Listing(Listing {
        stale,
        ..Listing::default()
    }));
    secrets
}

/// The world around a recipe.
pub(super) fn world(secrets: &Secrets, snippets: bool) -> World<'_> {
    World {
        secrets,
        hosts: || vec!["gpu-1".to_owned()],
        host: |_| None,
        listed: || {
            let gpu = Listed {
                name: "gpu-1".to_owned(),
                is_own: true,
                hostname: Some("10.0.0.7".to_owned()),
                port: Some(2222),
                user: Some("me".to_owned()),
            };
            vec![gpu]
        },
        environment: || vec!["DOPPIO_SECRET_A".to_owned(), "USER".to_owned()],
        snippets,
        is_trusted: true,
    }
}
