//! Syntax errors: places where bash would stop reading a script.
//!
//! Two readers must agree before anything is said, since what only one refuses may be its own mistake. One is
//! `brush`, which knows all of bash's syntax. The other is [`grammar`] for the order of words, which also says
//! where and why, and tree-sitter for what does not end: quotes, expansions and here-documents.

use std::ops::Range;

use brush_parser::word::{self, WordPiece, WordPieceWithSource};
use brush_parser::{
    ParseError, Parser, ParserOptions, SourcePosition, Token, TokenizerError, tokenize_str,
};

use super::command::each;
use super::grammar::{self, Stop};
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
    let options = ParserOptions::default();
    match Parser::new(text.as_bytes(), &options).parse_program() {
        Ok(_) => in_substitution(text),
        Err(ParseError::Tokenizing { inner, position }) => {
            let script = Script::of(text)?;
            match inner {
                TokenizerError::UnterminatedHereDocuments(..) => open_here_document(&script),
                _ if !script.root().has_error() => None,
                inner => in_token(text, &inner, position.as_ref()),
            }
        }
        Err(_) => in_grammar(text),
    }
}

/// What bash's grammar does not have.
fn in_grammar(text: &str) -> Option<Fault> {
    let tokens = tokenize_str(text).ok()?;
    // `brush` takes the `)` of a pattern for the end of the `$(` around its `case`.
    let is_cut = |it: &Token| it.to_str().contains("$(") && it.to_str().contains("case");
    if tokens.iter().any(is_cut) {
        return None;
    }
    let Err(Stop::Wrong { token, open }) = grammar::read(&tokens) else {
        return None;
    };
    let open = open.map(|(opener, closer)| (place(text, &tokens[opener]), closer));
    Some(match token {
        Some(token) => unexpected(text, place(text, &tokens[token]), open),
        None => at_end(text, open),
    })
}

/// A word or operator that cannot stand where it does, in what is open there.
fn unexpected(text: &str, span: Range<usize>, open: Option<(Range<usize>, &str)>) -> Fault {
    let token = &text[span.clone()];
    let what = match token {
        "\n" => "the end of the line".to_owned(),
        token => format!("`{token}`"),
    };
    let advice = match (token, open) {
        (
            "then" | "elif" | "else" | "fi" | "do" | "done" | "esac" | "}" | ")",
            Some((opener, closer)),
        ) if closer != token => {
            format!(": `{}` before it waits for `{closer}`", &text[opener])
        }
        ("then" | "elif" | "else" | "fi", _) => {
            ": is there an `if` before it, and a `;` or a new line?".to_owned()
        }
        ("do" | "done", _) => {
            ": is there a `for` or `while` before it, and a `;` or a new line?".to_owned()
        }
        ("esac", _) => ": is there a `case … in` before it?".to_owned(),
        (";;" | ";&" | ";;&", _) => ": it ends a pattern's commands, inside `case`".to_owned(),
        (")" | "}", _) => ": what does it close?".to_owned(),
        ("(", _) => ": quote it, if it is text".to_owned(),
        _ => String::new(),
    };
    Fault {
        // Of a line's end nothing can be seen.
        span: span.start..span.start + token.trim_end_matches('\n').len(),
        message: format!("bash does not expect {what} here{advice}"),
    }
}

/// The script ends although something is open, or more must follow.
fn at_end(text: &str, open: Option<(Range<usize>, &str)>) -> Fault {
    if let Some((opener, closer)) = open {
        let message = format!(
            "`{}` has no `{closer}`: bash reads to the end for it",
            &text[opener.clone()]
        );
        return Fault {
            span: opener,
            message,
        };
    }
    let last = text.trim_end().len();
    let before = text[..last].trim_end_matches(|c: char| !c.is_whitespace() && c != ';');
    Fault {
        span: before.len()..last,
        message: "bash expects more after this, and the script ends".to_owned(),
    }
}

/// The first `$(…)` that bash cannot read. It reads them with the script, and not those in backticks.
fn in_substitution(text: &str) -> Option<Fault> {
    if !text.contains("$(") {
        return None;
    }
    let tokens = tokenize_str(text).ok()?;
    tokens.iter().find_map(|token| {
        let span = place(text, token);
        // A word that went over a line's end is put together from parts.
        let is_whole = text.get(span.clone()) == Some(token.to_str());
        let pieces = match token {
            Token::Word(word, _) if is_whole && word.contains("$(") => {
                word::parse(word, &ParserOptions::default()).ok()?
            }
            _ => return None,
        };
        in_pieces(&pieces, &text[span.clone()]).map(|fault| Fault {
            span: span.start + fault.span.start..span.start + fault.span.end,
            ..fault
        })
    })
}

fn in_pieces(pieces: &[WordPieceWithSource], word: &str) -> Option<Fault> {
    pieces.iter().find_map(|piece| match &piece.piece {
        WordPiece::CommandSubstitution(inner) => {
            let start = piece.start_index + "$(".len();
            (word.get(start..start + inner.len()) == Some(inner)).then_some(())?;
            let fault = find(inner)?;
            Some(Fault {
                span: start + fault.span.start..start + fault.span.end,
                ..fault
            })
        }
        WordPiece::DoubleQuotedSequence(pieces) => in_pieces(pieces, word),
        _ => None,
    })
}

/// Where a token stands.
fn place(text: &str, token: &Token) -> Range<usize> {
    let location = token.location();
    let byte = |character: usize| {
        let at = text.char_indices().nth(character);
        at.map_or(text.len(), |(at, _)| at)
    };
    let (start, end) = (byte(location.start.index), byte(location.end.index));
    // A token takes in the continued line's end before it.
    let written = text[start..end].trim_start_matches(['\\', '\n']);
    match token {
        Token::Word(..) if !written.is_empty() => end - written.len()..end,
        _ => start..end,
    }
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
        E::MissingHereTag(_) => return no_delimiter(text, near?),
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

/// A `<<` at the end of its line.
fn no_delimiter(text: &str, near: &SourcePosition) -> Option<Fault> {
    let start = text[..offset(text, near)].rfind("<<")?;
    Some(Fault {
        span: start..start + "<<".len(),
        message: "`<<` needs a word behind it, which ends its here-document: `<<EOF`".to_owned(),
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

    /// What bash reads, and some readers do not.
    #[test]
    fn nothing_is_wrong() {
        for text in [
            "if a; then b; fi\n",
            "{ a; } 2>&1 | b\n",
            "while (a) do b; done\n",
            "if { a; } then b; fi",
            "((a); b)\n((x = (1 + 2) * 3))\n",
            "for ((i = 0; i < 3; i++)) { a; }\nfor ((;;)) do a; done",
            "for x\ndo a; done; for do in fi done; do a; done",
            "case x in esac; case x in (a|b) ;; *) c; esac; case x in (esac) a ;; esac",
            "f() { a; }; function g { a; }; h()\n(a)\nfunction i() [[ x ]]",
            "x=(a\n# c\nb <(c) [k]=v); declare -a y=()",
            "time -p a | time b; ! ! a; !\ntime\n",
            "coproc X { a; }; coproc a\n",
            "[[ -f a && ( ! $b =~ ^(x|y z)+$ || c < d ) ]] && e\n[[ -5 -lt 3 ]]",
            "cat <<A <<B >c\nfi\nA\nfi\nB\necho fi; echo done }",
            "a=1 b=$(case x in a) c;; esac) {d}>e 2>&-\n",
            "echo `fi` '$(fi)' \\$\\(fi\\) # $(fi)\n",
            "a |\n# c\nb &&\n\nc\n",
            "!(a|b) @(c)\n",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
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
                "[[ a && ]] && b",
                "[[ a b ]]",
                "x=(a b",
                "x=(a; b)",
                "echo a &; echo b",
                "done",
                "fi\n",
                "ls; fi # c",
                "ls\nfi; ls\n",
                "if a; then b; fi\nfi\n",
                "if [ a ]; ls; fi",
                "if a; then b; done\n",
                "if a; then\nfi\n",
                "for x in a b; ls; done\n",
                "echo {a\n}\n",
                "print(\"x\")\n",
                "foo (x)\n",
                "ls ;; ls\n",
                "case $x in a b) c;; esac",
                "cat <<\n",
                "cat <<",
                "coproc\n",
                "ä; \\\n  fi\n",
                "echo \"ä $(fi)\"",
                "x=$(ls; done | sort)\n",
                "cat <<E; fi\nfi\nE\n",
            ],
            &expect![[r#"
                "if true; then\n  echo a\n"
                    "if" `if` has no `fi`: bash reads to the end for it
                "if true\necho a\nfi"
                    "fi" bash does not expect `fi` here: `if` before it waits for `then`
                "for x in a b; do echo $x; don\n"
                    "for" `for` has no `done`: bash reads to the end for it
                "for x in a b do echo $x; done"
                    "done" bash does not expect `done` here: `for` before it waits for `do`
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
                    "]]" bash does not expect `]]` here
                "[[ a && ]] && b"
                    "]]" bash does not expect `]]` here
                "[[ a b ]]"
                    "b" bash does not expect `b` here
                "x=(a b"
                    "(" `(` has no `)`: bash reads to the end for it
                "x=(a; b)"
                    ";" bash does not expect `;` here
                "echo a &; echo b"
                    ";" bash does not expect `;` here
                "done"
                    "done" bash does not expect `done` here: is there a `for` or `while` before it, and a `;` or a new line?
                "fi\n"
                    "fi" bash does not expect `fi` here: is there an `if` before it, and a `;` or a new line?
                "ls; fi # c"
                    "fi" bash does not expect `fi` here: is there an `if` before it, and a `;` or a new line?
                "ls\nfi; ls\n"
                    "fi" bash does not expect `fi` here: is there an `if` before it, and a `;` or a new line?
                "if a; then b; fi\nfi\n"
                    "fi" bash does not expect `fi` here: is there an `if` before it, and a `;` or a new line?
                "if [ a ]; ls; fi"
                    "fi" bash does not expect `fi` here: `if` before it waits for `then`
                "if a; then b; done\n"
                    "done" bash does not expect `done` here: `if` before it waits for `fi`
                "if a; then\nfi\n"
                    "fi" bash does not expect `fi` here: is there an `if` before it, and a `;` or a new line?
                "for x in a b; ls; done\n"
                    "ls" bash does not expect `ls` here
                "echo {a\n}\n"
                    "}" bash does not expect `}` here: what does it close?
                "print(\"x\")\n"
                    "(" bash does not expect `(` here: quote it, if it is text
                "foo (x)\n"
                    "(" bash does not expect `(` here: quote it, if it is text
                "ls ;; ls\n"
                    ";;" bash does not expect `;;` here: it ends a pattern's commands, inside `case`
                "case $x in a b) c;; esac"
                    "b" bash does not expect `b` here
                "cat <<\n"
                    -
                "cat <<"
                    "<<" bash expects more after this, and the script ends
                "coproc\n"
                    "" bash does not expect the end of the line here
                "ä; \\\n  fi\n"
                    "  fi" bash does not expect `  fi` here
                "echo \"ä $(fi)\""
                    "fi" bash does not expect `fi` here: is there an `if` before it, and a `;` or a new line?
                "x=$(ls; done | sort)\n"
                    "done" bash does not expect `done` here: is there a `for` or `while` before it, and a `;` or a new line?
                "cat <<E; fi\nfi\nE\n"
                    "fi" bash does not expect `fi` here: is there an `if` before it, and a `;` or a new line?
            "#]],
        );
    }
}
