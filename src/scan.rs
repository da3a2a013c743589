//! `doppio secret scan`: whether a text that is about to be shared holds the value of a secret.
//!
//! The text comes in and values are compared with it in this process; what goes out are names and an
//! exit code. Where a value that there may be cannot be read, the answer is "cannot tell", never "no".

use std::io::{self, Read};
use std::process::ExitCode;

use runner::mask::Masker;
use runner::secrets::{
    Environment, Interaction, Permit, Places, Secret, SecretError, SecretNames, Stale, Values,
};

use crate::report::{self, MISSING, WRONG_USE};

/// The exit code for a text that holds a value.
const FOUND: u8 = 1;

/// The longest text that is looked through, in bytes.
const LONGEST: u64 = 16 << 20;

/// Looks through standard input.
pub(crate) async fn scan(places: &Places) -> ExitCode {
    let mut text = Vec::new();
    if let Err(error) = io::stdin().lock().take(LONGEST + 1).read_to_end(&mut text) {
        return report::error(format!("cannot read the text: {error}"), "", WRONG_USE);
    }
    if text.len() as u64 > LONGEST {
        let what = format!("the text has more than {} MiB", LONGEST >> 20);
        return report::error(what, "Look through it in parts.", WRONG_USE);
    }
    match found(places, &text).await {
        Ok(names) if names.is_empty() => {
            anstream::println!("No stored secret is in it.");
            ExitCode::SUCCESS
        }
        Ok(names) => report::error(
            format!("the text holds {}", names.join(" and ")),
            "Do not share it. If you have, replace the value where you got it.",
            FOUND,
        ),
        Err((why, advice)) => report::error(
            format!("cannot tell whether a secret is in it: {why}"),
            advice,
            MISSING,
        ),
    }
}

/// Whose values the text holds; or why that cannot be told, and what to do about it.
async fn found(places: &Places, text: &[u8]) -> Result<Vec<String>, (String, String)> {
    let permit = Permit::for_command_line();
    // Colours inside a value hide it from a search, not from a reader.
    let plain = anstream::adapter::strip_bytes(text).into_vec();
    let holds = |values: &[Secret]| {
        let masker = Masker::new(values);
        masker.reveals(text) || masker.reveals(&plain)
    };
    let environment = Values::new(&permit, places).in_environment(&permit);
    let mut found = Vec::new();
    if holds(&environment) {
        found.push("the value of a DOPPIO_SECRET_ variable".to_owned());
    }
    let listing = SecretNames::new(places).list().await;
    if let Some(Stale { why, .. }) = listing.stale.filter(|_| !listing.entries.is_empty()) {
        return Err((why.to_string(), why.advice().to_owned()));
    }
    // An entry counts also where a variable answers in its place.
    let keychain = places.clone().with_environment(Environment::given([]));
    let keychain = Values::new(&permit, &keychain);
    for entry in listing.entries {
        match keychain
            .read(&permit, &entry.name, Interaction::Never)
            .await
        {
            Ok((value, _)) if holds(std::slice::from_ref(&value)) => {
                found.push(format!("the value of '{}'", entry.name));
            }
            // Too short to be told from other text, and to be of use as a secret; or deleted meanwhile.
            Ok(_) | Err(SecretError::Bad { .. } | SecretError::NotFound { .. }) => {}
            Err(error) => return Err((error.to_string(), error.advice())),
        }
    }
    Ok(found)
}
