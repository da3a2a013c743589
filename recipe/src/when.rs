//! The language of `when`: a condition over texts.
//!
//! Operands are quoted strings, bare words and references; operators are `!`, `==`, `!=`, `&&`,
//! `||` and parentheses. An operand alone is true unless it is empty, `0`, `false`, `no` or `off`.

use std::ops::Range;

use crate::reference;

/// A parsed condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// An operand alone.
    Truthy(Operand),
    /// `a == b`, or `a != b` where `equal` is false.
    Compare {
        /// What stands on the left.
        left: Operand,
        /// What stands on the right.
        right: Operand,
        /// `==` or `!=`.
        equal: bool,
    },
    /// `!a`
    Not(Box<Expr>),
    /// `a && b`
    And(Box<Expr>, Box<Expr>),
    /// `a || b`
    Or(Box<Expr>, Box<Expr>),
}

/// One value in a condition. What a reference stands for is never parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A quoted string or a bare word.
    Text(String),
    /// The reference of that index among the references of the condition.
    Reference(usize),
    /// A quoted string with references in it, in order.
    Mixed(Vec<Operand>),
}

impl Expr {
    /// Whether the condition holds, where `value` tells what a reference stands for.
    pub fn holds(&self, value: &dyn Fn(usize) -> String) -> bool {
        match self {
            Self::Truthy(operand) => is_true(&operand.text(value)),
            Self::Compare { left, right, equal } => {
                (left.text(value) == right.text(value)) == *equal
            }
            Self::Not(inner) => !inner.holds(value),
            Self::And(left, right) => left.holds(value) && right.holds(value),
            Self::Or(left, right) => left.holds(value) || right.holds(value),
        }
    }
}

impl Operand {
    fn text(&self, value: &dyn Fn(usize) -> String) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Reference(index) => value(*index),
            Self::Mixed(parts) => parts.iter().map(|part| part.text(value)).collect(),
        }
    }
}

/// Whether a text counts as true.
fn is_true(text: &str) -> bool {
    !["", "0", "false", "no", "off"]
        .iter()
        .any(|no| text.eq_ignore_ascii_case(no))
}

/// Why a text is no condition, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadWhen {
    /// What is wrong and what was expected.
    pub message: String,
    /// Where, in bytes of the text.
    pub range: Range<usize>,
    /// The sign that was meant, and in whose place, where that is plain.
    pub meant: Option<(Range<usize>, &'static str)>,
}

/// Reads a condition. `references` are the places of the references in `text`, in order.
///
/// # Errors
/// When the text is no condition: the first place where it goes wrong.
pub fn parse(text: &str, references: &[Range<usize>]) -> Result<Expr, BadWhen> {
    let tokens = Lexer {
        text,
        references,
        at: 0,
    }
    .tokens()?;
    if tokens.len() > MAX_TOKENS {
        return Err(bad("this condition is too long".to_owned(), 0..text.len()));
    }
    let mut parser = Parser {
        text,
        tokens,
        next: 0,
        depth: 0,
    };
    let expr = parser.or()?;
    match parser.peek() {
        None => Ok(expr),
        Some(token) => {
            let place = token.range.clone();
            let word = &text[place.clone()];
            let before = &parser.tokens[parser.next - 1].range;
            let meant = match word.to_ascii_lowercase().as_str() {
                "and" => Some((place.clone(), "&&")),
                "or" => Some((place.clone(), "||")),
                _ if text[before.clone()].eq_ignore_ascii_case("not") => {
                    Some((before.start..place.start, "!"))
                }
                _ => None,
            };
            let hint = meant.as_ref().map(|(_, sign)| format!("; write '{sign}'"));
            let hint = hint.unwrap_or_default();
            let message = format!("expected '&&', '||' or the end, not '{word}'{hint}");
            Err(BadWhen {
                meant,
                ..bad(message, place)
            })
        }
    }
}

/// What to put where in a condition that cannot be read, so that it can: our signs for `=`, `and`, `not` and their
/// like. Nothing where that is not all.
pub fn mended(text: &str) -> Option<Vec<(Range<usize>, &'static str)>> {
    let mut edits: Vec<(Range<usize>, &'static str)> = Vec::new();
    while edits.len() < MOST_MENDED {
        let mut written = text.to_owned();
        for (range, sign) in edits.iter().rev() {
            written.replace_range(range.clone(), sign);
        }
        let references: Vec<Range<usize>> = reference::scan(&written, false)
            .into_iter()
            .map(|it| it.range)
            .collect();
        let Err(bad) = parse(&written, &references) else {
            return Some(edits);
        };
        let (place, sign) = bad.meant?;
        let (mut gained, mut lost) = (0, 0);
        let is_before = |(range, sign): &&(Range<usize>, &'static str)| {
            let is_before = range.start + gained < place.start + lost;
            if is_before {
                gained += sign.len();
                lost += range.len();
            }
            is_before
        };
        let index = edits.iter().take_while(is_before).count();
        let place = place.start + lost - gained..place.end + lost - gained;
        if edits.iter().any(|(range, _)| range.start == place.start) {
            return None;
        }
        edits.insert(index, (place, sign));
    }
    None
}

/// Nobody makes the same slip more often.
const MOST_MENDED: usize = 16;

#[derive(Clone, Debug)]
struct Token {
    kind: TokenKind,
    range: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
enum TokenKind {
    Operand(Operand),
    Not,
    Equal,
    NotEqual,
    And,
    Or,
    Open,
    Close,
}

struct Lexer<'a> {
    text: &'a str,
    references: &'a [Range<usize>],
    at: usize,
}

impl Lexer<'_> {
    fn tokens(mut self) -> Result<Vec<Token>, BadWhen> {
        let mut tokens = Vec::new();
        loop {
            let rest = &self.text[self.at..];
            self.at += rest.len() - rest.trim_start().len();
            if self.at == self.text.len() {
                return Ok(tokens);
            }
            let start = self.at;
            let kind = self.token()?;
            tokens.push(Token {
                kind,
                range: start..self.at,
            });
        }
    }

    fn token(&mut self) -> Result<TokenKind, BadWhen> {
        let rest = &self.text[self.at..];
        if let Some(index) = self
            .references
            .iter()
            .position(|range| range.start == self.at)
        {
            self.at = self.references[index].end;
            return Ok(TokenKind::Operand(Operand::Reference(index)));
        }
        for (sign, kind) in [
            ("==", TokenKind::Equal),
            ("!=", TokenKind::NotEqual),
            ("&&", TokenKind::And),
            ("||", TokenKind::Or),
            ("!", TokenKind::Not),
            ("(", TokenKind::Open),
            (")", TokenKind::Close),
        ] {
            if rest.starts_with(sign) {
                self.at += sign.len();
                return Ok(kind);
            }
        }
        if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            return self.quoted(quote);
        }
        let word = rest.find(|c: char| !is_word_char(c)).unwrap_or(rest.len());
        if word > 0 {
            self.at += word;
            return Ok(TokenKind::Operand(Operand::Text(rest[..word].to_owned())));
        }
        let first = rest.chars().next().unwrap_or_default();
        let hint = match first {
            '=' => "; to compare, write '=='",
            '&' => "; to join two conditions, write '&&'",
            '|' => "; to join two conditions, write '||'",
            '$' => "; a reference is written '${name}'",
            _ => "; put text with such characters into quotes",
        };
        let place = self.at..self.at + first.len_utf8();
        let sign = match first {
            '=' => Some("=="),
            '&' => Some("&&"),
            '|' => Some("||"),
            _ => None,
        };
        let message = format!("'{}' means nothing here{hint}", first.escape_debug());
        Err(BadWhen {
            meant: sign.map(|sign| (place.clone(), sign)),
            ..bad(message, place)
        })
    }

    /// A quoted string: text and references up to the same quote.
    fn quoted(&mut self, quote: char) -> Result<TokenKind, BadWhen> {
        let opening = self.at;
        let mut parts = Vec::new();
        let mut text = String::new();
        self.at += 1;
        loop {
            if let Some(index) = self
                .references
                .iter()
                .position(|range| range.start == self.at)
            {
                if !text.is_empty() {
                    parts.push(Operand::Text(std::mem::take(&mut text)));
                }
                parts.push(Operand::Reference(index));
                self.at = self.references[index].end;
                continue;
            }
            let Some(c) = self.text[self.at..].chars().next() else {
                let message = format!("this string is not closed: add {quote} at its end");
                return Err(bad(message, opening..self.text.len()));
            };
            self.at += c.len_utf8();
            if c == quote {
                break;
            }
            text.push(c);
        }
        if parts.is_empty() {
            return Ok(TokenKind::Operand(Operand::Text(text)));
        }
        if !text.is_empty() {
            parts.push(Operand::Text(text));
        }
        Ok(TokenKind::Operand(Operand::Mixed(parts)))
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

/// How deep parentheses and `!` may nest: what nobody writes must not exhaust the stack.
const MAX_DEPTH: usize = 100;

/// How many words and signs a condition may have, likewise.
const MAX_TOKENS: usize = 1_000;

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn eat(&mut self, kind: &TokenKind) -> bool {
        let there = self.peek().is_some_and(|token| token.kind == *kind);
        self.next += usize::from(there);
        there
    }

    fn or(&mut self) -> Result<Expr, BadWhen> {
        let mut left = self.and()?;
        while self.eat(&TokenKind::Or) {
            left = Expr::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Expr, BadWhen> {
        let mut left = self.comparison()?;
        while self.eat(&TokenKind::And) {
            left = Expr::And(Box::new(left), Box::new(self.comparison()?));
        }
        Ok(left)
    }

    /// `operand`, `operand == operand`, `!…` or `(…)`. `!` binds strongest: what it stands before
    /// is an operand or parentheses, and neither can be compared then.
    fn comparison(&mut self) -> Result<Expr, BadWhen> {
        let Some(token) = self.peek().cloned() else {
            return Err(self.expected_operand());
        };
        match token.kind {
            TokenKind::Not => {
                self.next += 1;
                self.nested(|parser| Ok(Expr::Not(Box::new(parser.negated()?))))
            }
            TokenKind::Open => self.parentheses(),
            TokenKind::Operand(left) => {
                self.next += 1;
                let equal = self.eat(&TokenKind::Equal);
                if !equal && !self.eat(&TokenKind::NotEqual) {
                    return Ok(Expr::Truthy(left));
                }
                let right = self.operand()?;
                Ok(Expr::Compare { left, right, equal })
            }
            _ => Err(self.expected_operand()),
        }
    }

    /// What stands behind `!`.
    fn negated(&mut self) -> Result<Expr, BadWhen> {
        match self.peek().map(|token| &token.kind) {
            Some(TokenKind::Not) => {
                self.next += 1;
                self.nested(|parser| Ok(Expr::Not(Box::new(parser.negated()?))))
            }
            Some(TokenKind::Open) => self.parentheses(),
            _ => self.operand().map(Expr::Truthy),
        }
    }

    fn parentheses(&mut self) -> Result<Expr, BadWhen> {
        let opening = self.tokens[self.next].range.clone();
        self.next += 1;
        let inner = self.nested(Self::or)?;
        match self.eat(&TokenKind::Close) {
            true => Ok(inner),
            false => Err(bad("this parenthesis is not closed".to_owned(), opening)),
        }
    }

    fn operand(&mut self) -> Result<Operand, BadWhen> {
        match self.peek().map(|token| token.kind.clone()) {
            Some(TokenKind::Operand(operand)) => {
                self.next += 1;
                Ok(operand)
            }
            _ => Err(self.expected_operand()),
        }
    }

    fn nested(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<Expr, BadWhen>,
    ) -> Result<Expr, BadWhen> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(bad(
                "this condition is nested too deeply".to_owned(),
                0..self.text.len(),
            ));
        }
        let expr = inner(self);
        self.depth -= 1;
        expr
    }

    fn expected_operand(&self) -> BadWhen {
        let what = "expected a value: \"text\", a word or '${name}'";
        match self.peek() {
            Some(token) => {
                let found = &self.text[token.range.clone()];
                bad(format!("{what}, not '{found}'"), token.range.clone())
            }
            None => bad(what.to_owned(), self.text.len()..self.text.len()),
        }
    }
}

fn bad(message: String, range: Range<usize>) -> BadWhen {
    BadWhen {
        message,
        range,
        meant: None,
    }
}

fn is_word_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | ':' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references(text: &str) -> Vec<Range<usize>> {
        crate::reference::scan(text, false)
            .into_iter()
            .map(|found| found.range)
            .collect()
    }

    fn holds(text: &str, values: &[&str]) -> bool {
        let expr = parse(text, &references(text)).unwrap_or_else(|why| panic!("{text}: {why:?}"));
        expr.holds(&|index| values[index].to_owned())
    }

    fn wrong(text: &str) -> (String, &str) {
        let why = parse(text, &references(text)).expect_err(text);
        (why.message, &text[why.range])
    }

    #[test]
    fn what_other_languages_write_is_mended() {
        let check = |text: &str| {
            let mut mended_text = text.to_owned();
            for (range, sign) in mended(text)?.into_iter().rev() {
                mended_text.replace_range(range, sign);
            }
            Some(mended_text)
        };
        for (text, right) in [
            ("${a} = x", "${a} == x"),
            (
                "${a} = x and not ${b} or ${c} = 'y & z'",
                "${a} == x && !${b} || ${c} == 'y & z'",
            ),
            ("a & b | NOT (c = d)", "a && b || !(c == d)"),
        ] {
            assert_eq!(check(text).as_deref(), Some(right), "{text}");
        }
        for text in [
            "not ${a} == x",
            "${a} = = x",
            "${a} > 3",
            "a b",
            "(a = b",
            "",
        ] {
            assert_eq!(check(text), None, "{text}");
        }
    }

    #[test]
    fn an_operand_alone_is_true_unless_it_says_no() {
        for no in ["\"\"", "0", "false", "No", "'OFF'"] {
            assert!(!holds(no, &[]), "{no}");
        }
        for yes in ["1", "true", "yes", "on", "anything", "\" \"", "00"] {
            assert!(holds(yes, &[]), "{yes}");
        }
    }

    #[test]
    fn operators_bind_as_documented() {
        assert!(holds("a == a && b != a", &[]));
        assert!(holds("no && no || yes", &[]));
        assert!(!holds("no && (no || yes)", &[]));
        assert!(holds("!no && yes", &[]));
        assert!(holds("!(a == b)", &[]));
        assert!(holds("!!yes", &[]));
        assert!(holds("a/b:c.d-e == 'a/b:c.d-e'", &[]));
    }

    #[test]
    fn what_a_reference_stands_for_is_never_parsed() {
        assert!(holds("${a} == \"x || y\"", &["x || y"]));
        assert!(!holds("${a} == yes", &["yes || yes"]));
        assert!(holds("\"<${a}>\" == '<\">'", &["\""]));
        assert!(holds("${a} && ${b} == ${a}", &["same", "same", "same"]));
    }

    #[test]
    fn mistakes_are_placed_and_explained() {
        assert_eq!(wrong("a = b").1, "=");
        assert!(wrong("a = b").0.contains("write '=='"));
        assert_eq!(wrong("a ==").1, "");
        assert_eq!(wrong("a b").1, "b");
        assert_eq!(wrong("(a").1, "(");
        assert_eq!(wrong("a == 'b").1, "'b");
        assert_eq!(wrong("&& a").1, "&&");
        assert_eq!(wrong("").1, "");
        assert_eq!(wrong("a & b").1, "&");
        assert_eq!(wrong("é").1, "é");
        assert_eq!(wrong("$a == b").1, "$");
        assert!(wrong(&"!".repeat(900)).0.contains("too deeply"));
        assert!(wrong(&"(".repeat(900)).0.contains("too deeply"));
        assert!(wrong(&"a && ".repeat(100_000)).0.contains("too long"));
    }
}
