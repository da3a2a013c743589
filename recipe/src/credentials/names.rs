//! What is called like a credential, and the value that such a name is given.

use std::ops::Range;

use super::{Credential, credential, likeness};

/// What every such name has in it, in any case; and `://`, behind which a password may stand.
pub(super) const HINTS: &[&str] = &[
    "token",
    "secret",
    "pass",
    "key",
    "credential",
    "authorization",
    "bearer",
    "wandb login",
    URL,
];

const URL: &str = "://";

/// The credential that is given to the name around `hint`.
pub(super) fn at(text: &str, hint: Range<usize>) -> Option<Credential> {
    if text[hint.clone()] == *URL {
        return in_url(text, hint.end);
    }
    let name = identifier(text, &hint);
    let written = &text[name.clone()];
    let is_scheme = written.eq_ignore_ascii_case("bearer");
    let is_login = text[hint.clone()].contains(' ');
    let is_option = text[..name.start].ends_with("--");
    let is_name = is_scheme
        || is_login
        || written.eq_ignore_ascii_case("authorization")
        || looks_like_credential(written);
    if !is_name || is_reference(text, &name) {
        return None;
    }
    let mut rest = &text[name.end..];
    rest = match separator(rest) {
        Some(rest) => rest,
        None if is_scheme || is_login || is_option => rest.strip_prefix([' ', '\t'])?,
        None => return None,
    };
    rest = after_scheme(unquoted(rest.trim_start_matches([' ', '\t'])));
    let start = text.len() - rest.len();
    let length = rest.find(is_end).unwrap_or(rest.len());
    if !likeness::looks_random(&rest[..length]) {
        return None;
    }
    let secret = match (is_scheme, is_login) {
        (true, _) => "service/token".to_owned(),
        (_, true) => "wandb/api_key".to_owned(),
        _ => secret_name(written),
    };
    let what = match is_scheme || is_login {
        true => "a token".to_owned(),
        false => format!("the value of {written}"),
    };
    Some(credential(start..start + length, what, &secret))
}

/// `${secret:…}`, and ways of writing it that other tools have.
fn is_reference(text: &str, name: &Range<usize>) -> bool {
    text[name.end..].starts_with(':') && text[..name.start].ends_with(['{', '$', '<', '('])
}

/// The password of `scheme://user:password@host`, where what follows `://` starts at `start`.
fn in_url(text: &str, start: usize) -> Option<Credential> {
    let rest = &text[start..];
    let authority = &rest[..rest
        .find(|c: char| is_end(c) || c == '/')
        .unwrap_or(rest.len())];
    let (userinfo, host) = authority.rsplit_once('@')?;
    let password_at = userinfo.find(':')? + 1;
    let password = &userinfo[password_at..];
    if !likeness::looks_random(password) {
        return None;
    }
    let host = host.split(':').next().unwrap_or_default();
    let labels: Vec<&str> = host.split('.').collect();
    let service = labels[labels.len().saturating_sub(2)];
    let is_name = !service.is_empty() && service.bytes().all(|it| it.is_ascii_alphanumeric());
    let secret = format!("{}/password", if is_name { service } else { "service" });
    let range = start + password_at..start + userinfo.len();
    Some(credential(range, "a password in a URL", &secret))
}

/// The name around `hint`, without dashes before it.
fn identifier(text: &str, hint: &Range<usize>) -> Range<usize> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let before = text[..hint.start].trim_end_matches(is_part);
    let start = hint.start - text[before.len()..hint.start].trim_start_matches('-').len();
    let after = text[hint.end..].trim_start_matches(is_part);
    start..text.len() - after.len()
}

/// What follows `=` or `:`, with the quote that may end a name before it.
fn separator(rest: &str) -> Option<&str> {
    let rest = unquoted(rest).trim_start_matches([' ', '\t']);
    let value = rest.strip_prefix(['=', ':'])?;
    (!value.starts_with(['=', ':', '-', '?', '+'])).then_some(value)
}

/// `text` without the quotes it starts with, escaped ones too.
fn unquoted(text: &str) -> &str {
    text.trim_start_matches(['"', '\'', '\\'])
}

/// `text` without a word such as `Bearer` and the blank behind it.
fn after_scheme(text: &str) -> &str {
    const SCHEMES: &[&str] = &["bearer ", "basic ", "token ", "apikey "];
    let matches = |scheme: &&&str| {
        let start = text.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    let length = SCHEMES.iter().find(matches).map_or(0, |it| it.len());
    &text[length..]
}

/// What cannot be a part of a value that is written as it stands.
fn is_end(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "\"'\\,;|&)]}".contains(c)
}

/// Whether a variable, key or header of this name holds a credential.
pub(crate) fn looks_like_credential(name: &str) -> bool {
    let upper = snake(name).to_ascii_uppercase();
    let words: Vec<&str> = upper.split('_').filter(|it| !it.is_empty()).collect();
    let is_about_one = words.last().is_some_and(|last| ABOUT.contains(last));
    let is_one = words.iter().any(|word| WORDS.contains(word))
        || words
            .windows(2)
            .any(|pair| pair[1] == "KEY" && KINDS_OF_KEY.contains(&pair[0]));
    is_one && !is_about_one
}

const WORDS: &[&str] = &[
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "PASS",
    "APIKEY",
    "CREDENTIAL",
    "CREDENTIALS",
];

const KINDS_OF_KEY: &[&str] = &[
    "API",
    "ACCESS",
    "PRIVATE",
    "ENCRYPTION",
    "AUTH",
    "SSH",
    "DEPLOY",
];

/// What makes a name that of something about a credential: where it is, not what.
const ABOUT: &[&str] = &[
    "PATH", "FILE", "DIR", "URL", "URI", "NAME", "HOST", "REGION",
];

/// How such a credential would be called by convention: the service, then what it is.
pub(crate) fn secret_name(name: &str) -> String {
    let lower = snake(name).to_ascii_lowercase();
    match lower.trim_matches('_') {
        "hf_token" | "huggingface_token" | "hugging_face_hub_token" => {
            "huggingface/token".to_owned()
        }
        "gh_token" => "github/token".to_owned(),
        "authorization" | "auth_token" | "token" => "service/token".to_owned(),
        lower => match lower.split_once('_') {
            Some((service, what)) => format!("{service}/{what}"),
            None => lower.to_owned(),
        },
    }
}

/// `apiKey` and `X-Api-Key` as `api_Key` and `X_Api_Key`.
fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.chars() {
        if before.is_ascii_lowercase() && c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(if c == '-' { '_' } else { c });
        before = c;
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SecretName;

    #[test]
    fn credentials_are_known_by_their_words() {
        for yes in [
            "HF_TOKEN",
            "WANDB_API_KEY",
            "AWS_SECRET_ACCESS_KEY",
            "PGPASSWORD_PASS",
            "db_password",
            "apiKey",
            "X-Api-Key",
        ] {
            assert!(looks_like_credential(yes), "{yes}");
            assert!(SecretName::parse(&secret_name(yes)).is_ok(), "{yes}");
        }
        for no in [
            "HOME",
            "KEY",
            "KEYBOARD",
            "TOKENIZERS_PARALLELISM",
            "MONKEY_API",
            "HF_TOKEN_PATH",
            "SECRET_NAME",
        ] {
            assert!(!looks_like_credential(no), "{no}");
        }
        assert_eq!(secret_name("WANDB_API_KEY"), "wandb/api_key");
        assert_eq!(secret_name("HF_TOKEN"), "huggingface/token");
    }
}
