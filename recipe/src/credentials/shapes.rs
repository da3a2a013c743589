//! Credentials that give themselves away by their form.

use std::ops::Range;

use super::{Credential, credential, likeness};

/// The form of a credential: what it begins with, and what follows.
pub(super) struct Shape {
    /// What it begins with; upper and lower case are told apart.
    pub(super) prefix: &'static str,
    what: &'static str,
    /// How the secret would be called.
    secret: &'static str,
    body: Body,
}

/// What follows the prefix.
enum Body {
    /// So many characters of the alphabet, and none after them.
    Of(Alphabet, Range<usize>),
    /// Lines of base64 up to an end line.
    Pem,
}

#[derive(Clone, Copy)]
enum Alphabet {
    Alphanumeric,
    /// … and `_`.
    Word,
    /// … and `_` and `-`.
    Url,
    /// `A` to `Z` and digits.
    Upper,
}

use Alphabet::{Alphanumeric, Upper, Url, Word};
use Body::{Of, Pem};

const GITHUB: (&str, &str) = ("a GitHub token", "github/token");
const HUGGING_FACE: (&str, &str) = ("a Hugging Face token", "huggingface/token");
const OPENAI: (&str, &str) = ("an OpenAI API key", "openai/api_key");
const PRIVATE_KEY: (&str, &str) = ("a private key", "ssh/private_key");
const AWS: (&str, &str) = ("an AWS access key", "aws/access_key_id");
const SLACK: (&str, &str) = ("a Slack token", "slack/token");
const ANTHROPIC: (&str, &str) = ("an Anthropic API key", "anthropic/api_key");
const OPENROUTER: (&str, &str) = ("an OpenRouter API key", "openrouter/api_key");
const GITLAB: (&str, &str) = ("a GitLab token", "gitlab/token");
const GOOGLE: (&str, &str) = ("a Google API key", "google/api_key");
const NPM: (&str, &str) = ("an npm token", "npm/token");
const PYPI: (&str, &str) = ("a PyPI token", "pypi/token");

const fn shape(
    prefix: &'static str,
    (what, secret): (&'static str, &'static str),
    body: Body,
) -> Shape {
    Shape {
        prefix,
        what,
        secret,
        body,
    }
}

/// Every form that is known.
pub(super) const SHAPES: &[Shape] = &[
    shape("ghp_", GITHUB, Of(Alphanumeric, 36..256)),
    shape("gho_", GITHUB, Of(Alphanumeric, 36..256)),
    shape("ghu_", GITHUB, Of(Alphanumeric, 36..256)),
    shape("ghs_", GITHUB, Of(Alphanumeric, 36..256)),
    shape("ghr_", GITHUB, Of(Alphanumeric, 36..256)),
    shape("github_pat_", GITHUB, Of(Word, 82..256)),
    shape("hf_", HUGGING_FACE, Of(Alphanumeric, 34..41)),
    shape("api_org_", HUGGING_FACE, Of(Alphanumeric, 34..41)),
    shape("sk-", OPENAI, Of(Alphanumeric, 40..65)),
    shape("sk-proj-", OPENAI, Of(Url, 40..256)),
    shape("sk-svcacct-", OPENAI, Of(Url, 40..256)),
    shape("sk-admin-", OPENAI, Of(Url, 40..256)),
    shape("sk-ant-", ANTHROPIC, Of(Url, 40..256)),
    shape("sk-or-v1-", OPENROUTER, Of(Alphanumeric, 64..65)),
    shape("AKIA", AWS, Of(Upper, 16..17)),
    shape("ASIA", AWS, Of(Upper, 16..17)),
    shape("glpat-", GITLAB, Of(Url, 20..256)),
    shape("AIza", GOOGLE, Of(Url, 35..36)),
    shape("xoxb-", SLACK, Of(Url, 24..256)),
    shape("xoxp-", SLACK, Of(Url, 24..256)),
    shape("npm_", NPM, Of(Alphanumeric, 36..37)),
    shape("pypi-", PYPI, Of(Url, 80..256)),
    shape("-----BEGIN ", PRIVATE_KEY, Pem),
];

/// The credential whose prefix stands at `prefix`.
pub(super) fn at(text: &str, shape: &Shape, prefix: Range<usize>) -> Option<Credential> {
    if text[prefix.clone()] != *shape.prefix {
        return None;
    }
    let rest = &text[prefix.end..];
    let length = match &shape.body {
        Pem => pem(rest)?,
        Of(alphabet, lengths) => {
            let before = text[..prefix.start].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_') && !is_escape(text, &prefix)
            {
                return None;
            }
            let length = rest.find(|c: char| !alphabet.has(c)).unwrap_or(rest.len());
            let after = rest[length..].chars().next();
            if !lengths.contains(&length)
                || after.is_some_and(|c| c.is_alphanumeric() || c == '_')
                || likeness::is_placeholder(&rest[..length])
            {
                return None;
            }
            length
        }
    };
    let range = prefix.start..prefix.end + length;
    Some(credential(range, shape.what, shape.secret))
}

/// Whether the letter before a prefix is that of an escape: `\nghp_…`.
fn is_escape(text: &str, prefix: &Range<usize>) -> bool {
    text[..prefix.start].ends_with(['n', 't', 'r']) && text[..prefix.start - 1].ends_with('\\')
}

/// The length of what follows `-----BEGIN `, if that is a private key with a body. Its lines may be
/// lines of the file or `\n` in a string.
fn pem(rest: &str) -> Option<usize> {
    const LONGEST: usize = 16 << 10;
    let (kind, body) = rest.split_once("-----")?;
    if !kind.ends_with("PRIVATE KEY") || kind.len() > 30 {
        return None;
    }
    let body_end = body[..body.floor_char_boundary(LONGEST)].find("-----END ")?;
    let base64 = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let written = body[..body_end].replace("\\n", "").replace("\\r", "");
    let length = written.chars().filter(base64).count();
    if length < 64 || likeness::is_placeholder(&written) {
        return None;
    }
    let end = &body[body_end + "-----END ".len()..];
    let end_length = end.find("-----")? + "-----".len();
    Some(kind.len() + "-----".len() + body_end + "-----END ".len() + end_length)
}

impl Alphabet {
    const fn has(self, c: char) -> bool {
        match self {
            Alphanumeric => c.is_ascii_alphanumeric(),
            Word => c.is_ascii_alphanumeric() || c == '_',
            Url => c.is_ascii_alphanumeric() || c == '_' || c == '-',
            Upper => c.is_ascii_uppercase() || c.is_ascii_digit(),
        }
    }
}
