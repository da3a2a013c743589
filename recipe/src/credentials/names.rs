//! What is called like a credential, and the value that such a name is given.

use std::ops::Range;

use super::service::{near, of_host, secret_name, snake};
use super::{Credential, credential, likeness, passwords};

/// What every such name has in it, in any case; `://`, behind which a password may stand, and commands
/// that are given one.
pub(super) const HINTS: &[&str] = &[
    "token",
    "secret",
    "pass",
    "password",
    "key",
    "credential",
    "authorization",
    "bearer",
    "wandb",
    "wandb login",
    "vastai set api-key",
    "vast set api-key",
    "vast.py set api-key",
    CURL,
    SSHPASS,
    URL,
];

const CURL: &str = "curl";
const SSHPASS: &str = "sshpass";

const URL: &str = "://";

/// The credential that is given to the name around `hint`.
pub(super) fn at(text: &str, hint: Range<usize>) -> Option<Credential> {
    match &text[hint.clone()] {
        URL => in_url(text, hint.end),
        CURL => passwords::of_curl(text, &hint),
        SSHPASS => passwords::of_sshpass(text, &hint).or_else(|| of_name(text, &hint)),
        "password" => passwords::of_netrc(text, &hint).or_else(|| of_name(text, &hint)),
        _ => of_name(text, &hint),
    }
}

/// The same where it is a name.
fn of_name(text: &str, hint: &Range<usize>) -> Option<Credential> {
    let name = identifier(text, hint);
    let written = &text[name.clone()];
    let is_scheme = written.eq_ignore_ascii_case("bearer");
    let is_login = text[hint.clone()].contains(' ');
    let is_option = text[..name.start].ends_with("--");
    let is_service = written.eq_ignore_ascii_case("wandb");
    let is_name = is_scheme
        || is_login
        || is_service
        || written.eq_ignore_ascii_case("authorization")
        || looks_like_credential(written);
    if !is_name || is_reference(text, &name) {
        return None;
    }
    let mut rest = &text[name.end..];
    let is_pair = unquoted(rest)
        .trim_start_matches([' ', '\t'])
        .starts_with(':');
    rest = match separator(rest) {
        Some(rest) => rest,
        None if is_scheme || is_login || is_option => rest.strip_prefix([' ', '\t'])?,
        None => return None,
    };
    let start = text.len() - rest.len();
    let random = match is_service {
        true => random(text, rest).filter(|range| is_wandb_key(&text[range.clone()])),
        false => random(text, rest),
    };
    let Some(range) = random else {
        return passwords::given(text, written, start, is_pair);
    };
    let (what, secret) = match (is_scheme, is_login || is_service) {
        (true, _) => (
            "a token".to_owned(),
            secret_name("token", near(text, start).as_deref()),
        ),
        (_, true) if text[hint.clone()].starts_with('v') => {
            ("an API key".to_owned(), "vast/api_key".to_owned())
        }
        (_, true) => ("an API key".to_owned(), "wandb/api_key".to_owned()),
        _ => (
            format!("the value of {written}"),
            secret_name(written, near(text, start).as_deref()),
        ),
    };
    Some(credential(range, what, &secret))
}

/// The value that `rest`, the end of `text`, begins with, if it looks drawn by lot.
fn random(text: &str, rest: &str) -> Option<Range<usize>> {
    let value = after_scheme(unquoted(rest.trim_start_matches([' ', '\t'])));
    let start = text.len() - value.len();
    let length = value.find(is_end).unwrap_or(value.len());
    likeness::looks_random(&value[..length]).then_some(start..start + length)
}

/// Those of W&B are forty digits of sixteen.
fn is_wandb_key(value: &str) -> bool {
    value.len() == 40
        && value
            .bytes()
            .all(|it| it.is_ascii_hexdigit() && !it.is_ascii_uppercase())
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
    let service = of_host(host);
    let secret = format!("{}/password", service.as_deref().unwrap_or("service"));
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
pub(super) fn is_end(c: char) -> bool {
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
            .any(|pair| pair[1] == "KEY" && KINDS_OF_KEY.contains(&pair[0]))
        || words.iter().any(|word| word.ends_with("PASSWORD"));
    is_one && !is_about_one
}

const WORDS: &[&str] = &[
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "PASS",
    "SSHPASS",
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
    "KAGGLE",
    "WANDB",
    "VAST",
    "HF",
    "OPENAI",
    "ANTHROPIC",
    "GITHUB",
];

/// What makes a name that of something about a credential: where it is, not what.
const ABOUT: &[&str] = &[
    "PATH", "FILE", "DIR", "URL", "URI", "NAME", "HOST", "REGION",
];

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
            "PGPASSWORD",
            "KAGGLE_KEY",
            "db_password",
            "apiKey",
            "X-Api-Key",
        ] {
            assert!(looks_like_credential(yes), "{yes}");
            assert!(SecretName::parse(&secret_name(yes, None)).is_ok(), "{yes}");
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
    }
}
