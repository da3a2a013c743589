//! Syntax errors: places where bash would stop reading a script.
//!
//! Two parsers must agree before anything is said. tree-sitter goes on after what it does not know, and
//! `brush` knows all of bash's syntax; what only one of them refuses may be its own mistake.

use std::ops::Range;

use brush_parser::{ParseError, Parser, ParserOptions, SourcePosition, TokenizerError};

use super::command::each;
use super::parse::Script;
use super::verify::is_fit_for_brush;

/// A place where bash stops reading a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, in the script.
    pub span: Range<usize>,
    /// What is wrong there, and what to do, in a sentence.
    pub message: String,
}

/// The syntax error of `text`, in which no mark stands any more.
pub(super) fn find(text: &str) -> Option<Fault> {
    if !is_fit_for_brush(text) || text.contains('\r') {
        return None;
    }
    let mut parser = Parser::new(text.as_bytes(), &ParserOptions::default());
    let error = parser.parse_program().err()?;
    let script = Script::of(text)?;
    if let ParseError::Tokenizing {
        inner: TokenizerError::UnterminatedHereDocuments(..),
        ..
    } = &error
    {
        return open_here_document(&script);
    }
    let fault = match error {
        ParseError::ParsingNear(at) => unexpected(text, offset(text, &at)),
        ParseError::ParsingAtEndOfInput => at_end(text),
        ParseError::Tokenizing { inner, position } => in_token(text, &inner, position.as_ref())?,
    };
    // To tree-sitter a stray `done` is the name of a program.
    let is_stray = CLOSERS.contains(&&text[fault.span.clone()]);
    (script.root().has_error() || is_stray).then_some(fault)
}

/// Words that end, or go on with, what a reserved word began.
const CLOSERS: &[&str] = &["then", "elif", "else", "fi", "do", "done", "esac", "}"];

/// A word or operator that cannot stand where it does.
fn unexpected(text: &str, at: usize) -> Fault {
    let rest = &text[at..];
    let start = at + rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let rest = &text[start..];
    let is_operator = |c: char| ";&|()<>".contains(c);
    let length = match rest.chars().next() {
        Some('\n') | None => 0,
        Some(c) if is_operator(c) => rest.find(|c| !is_operator(c)).unwrap_or(rest.len()),
        Some(_) => rest
            .find(|c: char| c.is_whitespace() || is_operator(c))
            .unwrap_or(rest.len()),
    };
    let span = start..start + length;
    let what = match &rest[..length] {
        "" => "the end of the line".to_owned(),
        token => format!("`{token}`"),
    };
    let advice = match &rest[..length] {
        "then" | "elif" | "else" | "fi" => ": is there an `if` before it, and a `;` or a new line?",
        "do" | "done" => ": is there a `for` or `while` before it, and a `;` or a new line?",
        "esac" => ": is there a `case … in` before it?",
        ";;" => ": it ends a pattern's commands, inside `case`",
        ")" | "}" => ": what does it close?",
        _ => "",
    };
    Fault {
        span,
        message: format!("bash does not expect {what} here{advice}"),
    }
}

/// Something is still open where the text ends: the innermost of what can be told.
fn at_end(text: &str) -> Fault {
    let last = text.trim_end().len();
    let Some((span, closer)) = open_construct(text) else {
        let before = text[..last].trim_end_matches(|c: char| !c.is_whitespace() && c != ';');
        let start = before.len();
        if CLOSERS.contains(&&text[start..last]) {
            return unexpected(text, start);
        }
        return Fault {
            span: start..last,
            message: "bash expects more after this, and the script ends".to_owned(),
        };
    };
    let message = format!(
        "`{}` has no `{closer}`: bash reads to the end for it",
        &text[span.clone()]
    );
    Fault { span, message }
}

/// The last word that opens something which nothing closes, with what would.
fn open_construct(text: &str) -> Option<(Range<usize>, &'static str)> {
    let tokens = brush_parser::tokenize_str(text).ok()?;
    let mut open: Vec<(Range<usize>, &'static str)> = Vec::new();
    // Reserved words are such only where a command can begin.
    let mut begins = true;
    for token in &tokens {
        let word = token.to_str();
        let at = &token.location().start;
        let closes = |(_, closer): &(Range<usize>, &str)| *closer == word;
        if (begins || word == ")") && open.last().is_some_and(closes) {
            open.pop();
        }
        let closer = match word {
            "if" => "fi",
            "case" => "esac",
            "for" | "while" | "until" | "select" => "done",
            "{" => "}",
            "(" => ")",
            _ => "",
        };
        if begins && !closer.is_empty() {
            let start = offset(text, at);
            open.push((start..start + word.len(), closer));
        }
        begins = matches!(
            word,
            "\n" | ";"
                | "&"
                | "|"
                | "&&"
                | "||"
                | "|&"
                | "("
                | ")"
                | "{"
                | ";;"
                | "!"
                | "if"
                | "then"
                | "elif"
                | "else"
                | "while"
                | "until"
                | "do"
        );
    }
    open.pop()
}

/// A quote or an expansion that is not closed.
fn in_token(text: &str, error: &TokenizerError, near: Option<&SourcePosition>) -> Option<Fault> {
    use TokenizerError as E;
    let (what, closer, at) = match error {
        E::UnterminatedSingleQuote(at) => ("this quote", "'", Some(at)),
        E::UnterminatedAnsiCQuote(at) => ("this quote", "'", Some(at)),
        E::UnterminatedDoubleQuote(at) => ("this quote", "\"", Some(at)),
        E::UnterminatedBackquote(at) => ("this backtick", "`", Some(at)),
        E::UnterminatedVariable => ("`${`", "}", None),
        E::UnterminatedCommandSubstitution => ("`$(`", ")", None),
        E::UnterminatedExpansion => ("this expansion", ")", None),
        _ => return None,
    };
    let at = at.or(near)?;
    let end = offset(text, at);
    let opener = match error {
        E::UnterminatedVariable => text[..end].rfind("${"),
        E::UnterminatedCommandSubstitution | E::UnterminatedExpansion => text[..end].rfind("$("),
        _ => Some(end),
    };
    let start = opener.unwrap_or(end);
    let length = match text[start..].chars().next() {
        Some('$') if text[start..].starts_with("$'") => 2,
        Some('$') => 2.min(text.len() - start),
        Some(c) => c.len_utf8(),
        None => 0,
    };
    Some(Fault {
        span: start..start + length,
        message: format!("{what} is not closed: bash reads to the end for `{closer}`"),
    })
}

/// The first here-document without its last line.
fn open_here_document(script: &Script) -> Option<Fault> {
    let mut found = None;
    each(script.root(), &mut |node| {
        if found.is_some() || node.kind() != "heredoc_redirect" {
            return;
        }
        let mut cursor = node.walk();
        let children: Vec<_> = node.children(&mut cursor).collect();
        let has = |kind| children.iter().find(|child| child.kind() == kind);
        // The tree takes an indented last line for one, as bash does only after `<<-`, and with tabs.
        let is_end = |end: &&tree_sitter::Node<'_>| {
            !end.is_missing()
                && (end.start_position().column == 0 || script.slice(node).starts_with("<<-"))
        };
        if let (Some(start), None) = (has("heredoc_start"), has("heredoc_end").filter(is_end)) {
            let delimiter = script.slice(*start);
            let plain = delimiter.trim_matches(['\'', '"', '\\']);
            found = Some(Fault {
                span: start.byte_range(),
                message: format!(
                    "this here-document does not end: a line `{plain}`, without blanks around it, is missing"
                ),
            });
        }
    });
    found
}

/// The byte at a position, which counts characters.
fn offset(text: &str, at: &SourcePosition) -> usize {
    let line = at.line.saturating_sub(1);
    let start = match line {
        0 => 0,
        _ => text
            .match_indices('\n')
            .nth(line - 1)
            .map_or(text.len(), |(at, _)| at + 1),
    };
    let mut characters = text[start..].char_indices();
    let inside = characters.nth(at.column.saturating_sub(1));
    inside.map_or(text.len(), |(at, _)| start + at)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(texts: &[&str], expected: &Expect) {
        let mut shown = String::new();
        for text in texts {
            let said = find(text).map_or("-".to_owned(), |it| {
                format!("{:?} {}", &text[it.span.clone()], it.message)
            });
            shown += &format!("{text:?}\n    {said}\n");
        }
        expected.assert_eq(&shown);
    }

    #[test]
    fn a_place_and_a_reason() {
        check(
            &[
                "if true; then\n  echo a\n",
                "if true\necho a\nfi",
                "for x in a b; do echo $x; don\n",
                "for x in a b do echo $x; done",
                "while true; do :; done; fi",
                "case $x in a) echo;; \n",
                "f() { echo a\n",
                "(cd x; make",
                "echo )",
                "echo a | | b",
                "echo && ;",
                "echo 'a\nb",
                "ä=1; echo \"a\nb",
                "echo ${x",
                "echo $(date",
                "echo `date",
                "cat <<EOF\na\n",
                "cat <<'EOF'\na\n EOF\n",
                "[[ -f x && ]]",
                "x=(a b",
                "echo a &; echo b",
                "done",
            ],
            &expect![[r#"
                "if true; then\n  echo a\n"
                    "if" `if` has no `fi`: bash reads to the end for it
                "if true\necho a\nfi"
                    "fi" bash does not expect `fi` here: is there an `if` before it, and a `;` or a new line?
                "for x in a b; do echo $x; don\n"
                    "for" `for` has no `done`: bash reads to the end for it
                "for x in a b do echo $x; done"
                    "done" bash does not expect `done` here: is there a `for` or `while` before it, and a `;` or a new line?
                "while true; do :; done; fi"
                    "fi" bash does not expect `fi` here: is there an `if` before it, and a `;` or a new line?
                "case $x in a) echo;; \n"
                    "case" `case` has no `esac`: bash reads to the end for it
                "f() { echo a\n"
                    "{" `{` has no `}`: bash reads to the end for it
                "(cd x; make"
                    "(" `(` has no `)`: bash reads to the end for it
                "echo )"
                    ")" bash does not expect `)` here: what does it close?
                "echo a | | b"
                    "|" bash does not expect `|` here
                "echo && ;"
                    ";" bash does not expect `;` here
                "echo 'a\nb"
                    "'" this quote is not closed: bash reads to the end for `'`
                "ä=1; echo \"a\nb"
                    "\"" this quote is not closed: bash reads to the end for `"`
                "echo ${x"
                    "${" `${` is not closed: bash reads to the end for `}`
                "echo $(date"
                    "$(" this expansion is not closed: bash reads to the end for `)`
                "echo `date"
                    "`" this backtick is not closed: bash reads to the end for ```
                "cat <<EOF\na\n"
                    "EOF" this here-document does not end: a line `EOF`, without blanks around it, is missing
                "cat <<'EOF'\na\n EOF\n"
                    "'EOF'" this here-document does not end: a line `EOF`, without blanks around it, is missing
                "[[ -f x && ]]"
                    "]]" bash expects more after this, and the script ends
                "x=(a b"
                    "b" bash expects more after this, and the script ends
                "echo a &; echo b"
                    ";" bash does not expect `;` here
                "done"
                    "done" bash does not expect `done` here: is there a `for` or `while` before it, and a `;` or a new line?
            "#]],
        );
    }
}
