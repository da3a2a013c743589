//! Keys, and values that are written without quotes: numbers, booleans, dates.

use toml_parser::decoder::{Encoding, IntegerRadix, ScalarKind};
use toml_parser::{ParseError, Raw};

use super::tree::{Key, SyntaxError, ValueKind};
use super::{datetime, strings};
use crate::span::Span;

/// Reads the key segment `raw` at `start`.
pub(super) fn key(
    raw: &str,
    start: usize,
    encoding: Option<Encoding>,
) -> (Key, Option<SyntaxError>) {
    let span = Span::new(start, start + raw.len());
    let Some(encoding) = encoding else {
        let key = Key {
            name: raw.to_owned(),
            span,
        };
        return (key, bare_key_error(raw, span));
    };
    let (string, error) = strings::decode(raw, start, encoding);
    let error = match encoding {
        Encoding::MlBasicString | Encoding::MlLiteralString => Some(SyntaxError::new(
            "a key cannot be a string of several lines: use one pair of quotes",
            span,
        )),
        _ => error,
    };
    let key = Key {
        name: string.text,
        span,
    };
    (key, error)
}

fn bare_key_error(raw: &str, span: Span) -> Option<SyntaxError> {
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (!raw.chars().all(fine)).then(|| {
        SyntaxError::new(
            format!(
                "{} cannot be a key without quotes: only letters a-z, digits, '-' and '_' can",
                quoted(raw)
            ),
            span,
        )
    })
}

/// Reads the value `raw` at `start`, which is written without quotes. What is no value is
/// [`ValueKind::Missing`], with an error that says what it may have been meant to be.
pub(super) fn bare(raw: &str, start: usize) -> (ValueKind, Option<SyntaxError>) {
    let mut decoded = String::new();
    let mut valid = true;
    let span = toml_parser::Span::new_unchecked(start, start + raw.len());
    let kind = Raw::new_unchecked(raw, None, span)
        .decode_scalar(&mut decoded, &mut |_: ParseError| valid = false);
    let wrong = |message: String| {
        let span = Span::new(start, start + raw.len());
        (ValueKind::Missing, Some(SyntaxError::new(message, span)))
    };
    if !valid {
        return wrong(hint(raw));
    }
    match kind {
        ScalarKind::Boolean(value) => (ValueKind::Boolean(value), None),
        ScalarKind::Integer(radix) => match integer(&decoded, radix) {
            Some(value) => (ValueKind::Integer(value), None),
            None if decoded.bytes().any(|b| b.is_ascii_alphanumeric()) => wrong(format!(
                "the number {raw} is too large: integers go from {} to {}",
                i64::MIN,
                i64::MAX
            )),
            None => wrong(hint(raw)),
        },
        ScalarKind::Float => match decoded.parse::<f64>() {
            Ok(value) if value.is_infinite() && !raw.ends_with("inf") => {
                wrong(format!("the number {raw} is too large for a float"))
            }
            Ok(value) => (ValueKind::Float(value), None),
            Err(_) => wrong(hint(raw)),
        },
        ScalarKind::DateTime if datetime::is_valid(raw) => (ValueKind::Datetime, None),
        ScalarKind::DateTime | ScalarKind::String => wrong(hint(raw)),
    }
}

fn integer(decoded: &str, radix: IntegerRadix) -> Option<i64> {
    i64::from_str_radix(decoded, radix.value()).ok()
}

/// What to do about a value that is none: the likely meaning first.
fn hint(raw: &str) -> String {
    let shown = quoted(raw);
    match raw.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => {
            format!("{shown} is not a value: write true, or \"{raw}\" for a text")
        }
        "false" | "no" | "off" => {
            format!("{shown} is not a value: write false, or \"{raw}\" for a text")
        }
        "null" | "nil" | "none" | "~" => {
            format!("{shown} is not a value: leave the key out, or write \"{raw}\" for a text")
        }
        "inf" | "nan" => format!("{shown} is not a value: write it in small letters"),
        _ if raw.ends_with(['"', '\'']) => {
            format!("the quote at the end of {shown} has no partner: put one before the text too")
        }
        _ if looks_like_number(raw) => {
            format!("{shown} is not a number or date: if it is a text, put quotes around it")
        }
        _ => format!("a text needs quotes: put them around {shown}"),
    }
}

fn looks_like_number(raw: &str) -> bool {
    raw.trim_start_matches(['+', '-', '.', '_'])
        .starts_with(|c: char| c.is_ascii_digit())
}

/// `raw` in quotes as a message shows it: long texts shortened, control characters visible.
pub(super) fn quoted(raw: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown: String = raw.chars().take(SHOWN).flat_map(visible).collect();
    if raw.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    format!("'{shown}'")
}

fn visible(c: char) -> impl Iterator<Item = char> {
    let escaped: Box<dyn Iterator<Item = char>> = match c.is_control() {
        true => Box::new(c.escape_default()),
        false => Box::new(std::iter::once(c)),
    };
    escaped
}
