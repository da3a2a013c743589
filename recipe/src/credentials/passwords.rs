//! Passwords, which people choose themselves: nothing about their form is sure, so that it counts where
//! they stand.

use std::ops::Range;

use super::likeness::is_placeholder;
use super::service::{self, line_end, snake};
use super::{Credential, credential};

/// A value as it is written, with the quote around it.
pub(super) struct Written<'t> {
    start: usize,
    text: &'t str,
    quote: Option<char>,
}

/// The password that is given to a variable, key or option of this name, whose value stands at `start`;
/// `is_pair` says that a colon is between them, which in prose is followed by anything.
pub(super) fn given(text: &str, name: &str, start: usize, is_pair: bool) -> Option<Credential> {
    let snake = snake(name).to_ascii_uppercase();
    let words: Vec<&str> = snake.split('_').filter(|it| !it.is_empty()).collect();
    let last = words.last()?.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_password = ["PASSWORD", "PASSWD", "PASSPHRASE", "SSHPASS"]
        .iter()
        .any(|it| last.ends_with(it));
    // Passes are counted, too.
    let is_pass = last == "PASS" && words.len() > 1;
    let written = Written::at(text, start)?;
    let is_word = is_pass && !written.text.contains(' ') && written.has_digit();
    let is_value = !is_pair || written.quote.is_some();
    if !is_value || !(is_password || is_word) || !written.looks_chosen() {
        return None;
    }
    let near = service::near(text, start);
    let secret = service::secret_name(name, near.as_deref());
    Some(written.credential(format!("the value of {name}"), &secret))
}

/// `curl -u user:password`, where `curl` is at `hint`.
pub(super) fn of_curl(text: &str, hint: &Range<usize>) -> Option<Credential> {
    let end = command_end(text, hint)?;
    let options = [" -u", " --user", " --proxy-user"].iter();
    let starts = options.flat_map(|option| {
        let found = text[hint.end..end].match_indices(option);
        found.map(|(at, option)| hint.end + at + option.len())
    });
    starts
        .filter_map(|start| {
            let rest = text[start..].trim_start_matches([' ', '\t', '=']);
            let mut written = Written::at(text, text.len() - rest.len())?;
            let (user, password) = written.text.split_once(':')?;
            written.start += user.len() + 1;
            written.text = password;
            let near = service::near(text, start).unwrap_or_else(|| "service".to_owned());
            let found = written.looks_chosen() && !user.is_empty();
            found.then(|| written.credential("a password", &format!("{near}/password")))
        })
        .next()
}

/// `sshpass -p password`, where `sshpass` is at `hint`.
pub(super) fn of_sshpass(text: &str, hint: &Range<usize>) -> Option<Credential> {
    command_end(text, hint)?;
    let rest = text[hint.end..].trim_start_matches([' ', '\t']);
    let rest = rest.strip_prefix("-p")?.trim_start_matches([' ', '\t']);
    let written = Written::at(text, text.len() - rest.len())?;
    let is_chosen = written.looks_chosen();
    is_chosen.then(|| written.credential("a password", "ssh/password"))
}

/// `machine h login u password p` of a netrc file, where `password` is at `hint`.
pub(super) fn of_netrc(text: &str, hint: &Range<usize>) -> Option<Credential> {
    const FAR: usize = 300;
    let start = text.floor_char_boundary(hint.start.saturating_sub(FAR));
    let before = text[start..hint.start].replace("\\n", "\n");
    let mut words = before.split_whitespace().rev();
    let (_, login, host) = (words.next()?, words.next()?, words.next()?);
    let is_entry = login == "login" && words.next()?.ends_with("machine");
    let rest = text[hint.end..].strip_prefix([' ', '\t'])?;
    let written = Written::at(text, text.len() - rest.len()).filter(|_| is_entry)?;
    let service = service::of_host(host).unwrap_or_else(|| "service".to_owned());
    // Its program keeps its key there.
    let what = if service == "wandb" {
        "api_key"
    } else {
        "password"
    };
    let secret = format!("{service}/{what}");
    written
        .looks_chosen()
        .then(|| written.credential("a password", &secret))
}

/// Where the command ends whose program is at `word`, if that is one.
fn command_end(text: &str, word: &Range<usize>) -> Option<usize> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let is_word =
        !text[..word.start].ends_with(is_part) && text[word.end..].starts_with([' ', '\t']);
    let line = line_end(text, word.end);
    let end = text[word.end..line]
        .find(['|', ';'])
        .map_or(line, |it| word.end + it);
    is_word.then_some(end)
}

impl<'t> Written<'t> {
    /// The value at `start`, without the quotes around it; nothing where it is empty or never ends.
    fn at(text: &'t str, start: usize) -> Option<Self> {
        let rest = text[start..].trim_start_matches([' ', '\t']);
        let body = rest.trim_start_matches(['"', '\'', '\\']);
        let opening = &rest[..rest.len() - body.len()];
        let quotes = opening.bytes().filter(|byte| *byte != b'\\').count();
        let quote = opening.chars().next_back();
        let end = match quote {
            // Two are all of a value.
            Some(_) if quotes == 2 => None,
            Some(quote) => body
                .find([quote, '\n'])
                .filter(|end| body[*end..].starts_with(quote)),
            None => Some(body.find(super::names::is_end).unwrap_or(body.len())),
        }?;
        let value = match opening.contains('\\') {
            true => body[..end].trim_end_matches('\\'),
            false => &body[..end],
        };
        let start = text.len() - body.len();
        Some(Self {
            start,
            text: value,
            quote,
        })
    }

    fn credential(
        &self,
        what: impl Into<std::borrow::Cow<'static, str>>,
        secret: &str,
    ) -> Credential {
        credential(self.start..self.start + self.text.len(), what, secret)
    }

    fn has_digit(&self) -> bool {
        self.text.bytes().any(|byte| byte.is_ascii_digit())
    }

    /// Whether somebody may have chosen this for a password, and not as a stand-in for one.
    fn looks_chosen(&self) -> bool {
        let value = self.text;
        let has = |is_it: fn(u8) -> bool| usize::from(value.bytes().any(is_it));
        let letters = [
            has(|it| it.is_ascii_lowercase()),
            has(|it| it.is_ascii_uppercase()),
        ];
        let others = [
            has(|it| it.is_ascii_digit()),
            has(|it| !it.is_ascii_alphanumeric()),
        ];
        let letters: usize = letters.iter().sum();
        (6..=128).contains(&value.len())
            && letters > 0
            && letters + others.iter().sum::<usize>() > 1
            && !value.starts_with(['/', '~', '.', '-', '$', '%', '@', ' '])
            && !value.contains("://")
            && !self.is_expanded()
            && !stands_in(value)
            // What stands without quotes may be code of any language.
            && (self.quote.is_some() || value.contains(|c: char| c.is_ascii_digit() || "!@#%^+-".contains(c)))
    }

    /// Whether something in it is filled in by a shell or another language.
    fn is_expanded(&self) -> bool {
        let after = self.text.split('$').skip(1);
        let is_name =
            |rest: &str| rest.starts_with(|c: char| c.is_alphanumeric() || "_{(".contains(c));
        let signs: &[char] = match self.quote {
            Some(_) => &['`', '{', '}'],
            None => &['`', '{', '}', '(', '[', '*', '?'],
        };
        self.text.contains(signs)
            || self.text.contains("%s")
            || self.quote != Some('\'') && after.into_iter().any(is_name)
    }
}

/// Whether the value only says that there is one, or is the first that anybody would try.
fn stands_in(value: &str) -> bool {
    const PARTS: &[&str] = &[
        "pass", "secret", "test", "admin", "root", "default", "todo", "fixme", "guest", "demo",
        "123456", "abc123", "qwerty", "token", "postgres", "mysql", "fake", "mock",
    ];
    const PROSE: &[&str] = &[
        "the", "a", "an", "is", "are", "be", "not", "must", "to", "for", "of", "and", "or", "in",
        "set", "no", "with", "please", "enter", "missing", "required", "invalid", "if", "from",
        "none", "null", "see", "ok", "all",
    ];
    let lower = value.to_ascii_lowercase();
    is_placeholder(value)
        || PARTS.iter().any(|part| lower.contains(part))
        || lower.contains(' ')
            && lower
                .split(' ')
                .any(|word| PROSE.contains(&word) || word.is_empty())
}
