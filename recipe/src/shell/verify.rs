//! Reads a rewritten script again, and trusts only what it finds where it was meant to be.

use brush_parser::{Parser, ParserOptions, Token, tokenize_str};

use super::context::{self, Layer, Place, Quoting};
use super::parse::Script;
use super::refusal::{Refusal, Why};
use super::rewrite::Rewrite;

/// Whether every expansion that was put in is one, in the quotes that were meant for it.
///
/// # Errors
/// Those that are not; all of them where no parser takes the whole script.
pub(super) fn check(
    marked: &Script,
    rewrite: &Rewrite,
    places: &[(usize, Place)],
) -> Result<(), Vec<Refusal>> {
    let refuse = |mark: usize, why: &Why| Refusal {
        mark,
        why: why.clone(),
    };
    let all = |why| {
        places
            .iter()
            .map(|(mark, _)| refuse(*mark, &why))
            .collect::<Vec<_>>()
    };
    if places.is_empty() {
        return Ok(());
    }
    let Some(script) = Script::of(&rewrite.text) else {
        return Err(all(Why::Unverified));
    };
    let misplaced: Vec<Refusal> = std::iter::zip(places, &rewrite.inserted)
        .filter(|((_, place), inserted)| {
            let path = script.path(inserted);
            let Some(expansion) = path.last() else {
                return true;
            };
            let intact = expansion.node.kind() == "expansion"
                && expansion.node.end_byte() == inserted.end
                && script.expansion(expansion.node).len() == inserted.len();
            !intact || context::layers(&script, &path, path.len() - 1) != Ok(meant(place))
        })
        .map(|((mark, _), _)| refuse(*mark, &Why::Unverified))
        .collect();
    if !misplaced.is_empty() {
        return Err(misplaced);
    }
    let doubtful = marked.root().has_error() || script.root().has_error();
    match doubtful && !is_sound(&rewrite.text) {
        true => Err(all(Why::Syntax)),
        false => Ok(()),
    }
}

/// The layers around an expansion in this place.
fn meant(place: &Place) -> Vec<Layer> {
    let around = match place.quoting {
        Quoting::Bare => &place.layers[..],
        Quoting::Single => &place.layers[1..],
        Quoting::Double | Quoting::LeftAlone => return place.layers.clone(),
    };
    [&[Layer::Double], around].concat()
}

/// The second opinion, strict where tree-sitter is tolerant.
fn is_sound(text: &str) -> bool {
    is_fit_for_brush(text)
        && Parser::new(text.as_bytes(), &ParserOptions::default())
            .parse_program()
            .is_ok()
}

/// Whether brush can read the text to its end. It would run out of stack where things nest deep, and it panics
/// where what began before a here-document closes in the line that the here-document begins in, and at the number
/// of a file that is no number to it. It tries each way to read a `(` or a `case` anew in each around it.
pub(super) fn is_fit_for_brush(text: &str) -> bool {
    const DEEP: usize = 64;
    let openers = text.matches(['(', '{', '`', '!']).count();
    let keywords = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| matches!(*word, "if" | "while" | "until" | "for" | "case" | "select"))
        .count();
    openers + keywords <= DEEP
        && !closes_beside_here_document(text)
        && !has_huge_number(text)
        && depth(text) <= DEEP / 4
}

/// How deep parentheses and `case`s stand in each other; a `case` counts twice, as it has two ways to end.
fn depth(text: &str) -> usize {
    // What has no tokens is read no further.
    let tokens = tokenize_str(text).unwrap_or_default();
    let (mut parens, mut cases, mut deepest) = (0_usize, 0_usize, 0);
    let mut starts_command = true;
    for token in &tokens {
        let is_operator = matches!(token, Token::Operator(..));
        match token.to_str() {
            "(" if is_operator => parens += 1,
            ")" if is_operator => parens = parens.saturating_sub(1),
            "case" if !is_operator => cases += 1,
            "esac" if starts_command => cases = cases.saturating_sub(1),
            _ => {}
        }
        starts_command = is_operator;
        deepest = deepest.max(parens + 2 * cases);
    }
    deepest
}

/// Whether a number of ten digits or more stands before a redirection.
fn has_huge_number(text: &str) -> bool {
    let text = text.replace("\\\n", "");
    text.match_indices(['<', '>']).any(|(at, _)| {
        let before = text.as_bytes()[..at].iter().rev().take(10);
        before.filter(|byte| byte.is_ascii_digit()).count() == 10
    })
}

/// Whether, after the first `$(` or the like, something closes behind the `<<` of a line.
fn closes_beside_here_document(text: &str) -> bool {
    let openers = ["$(", "${", "$[", "`"];
    let first = openers.iter().filter_map(|it| text.find(it)).min();
    let mut rest = &text[first.unwrap_or(text.len())..];
    while let Some(at) = rest.find("<<") {
        let found = &rest[at..];
        if let Some(after) = found.strip_prefix("<<<") {
            rest = after;
            continue;
        }
        let (line, after) = found.split_at(line_end(found));
        if line.contains([')', ']', '}', '`']) {
            return true;
        }
        rest = after;
    }
    false
}

/// Where the first line ends that ends in no quotes and is not continued.
fn line_end(text: &str) -> usize {
    let (mut quote, mut escaped) = (None, false);
    let end = text.char_indices().find(|(_, c)| {
        let was_escaped = escaped;
        escaped = *c == '\\' && !was_escaped;
        match (c, quote) {
            ('\n', None) => return !was_escaped,
            ('\'' | '"', None) if !was_escaped => quote = Some(*c),
            (_, Some(open)) if open == *c => quote = None,
            _ => {}
        }
        false
    });
    end.map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brush_is_not_given_what_it_cannot_read() {
        for text in [
            "echo $(cat <<x)",
            "echo \"$(cat <<x\")",
            "echo ${x}\ncat <<'a\nb' | (y)\n",
            "echo `cat << \\\nx`",
            "echo 55555\\\n55555<x",
            &"( ".repeat(20),
            &"((".repeat(10),
            &"case a in a) ".repeat(10),
            &"for ((".repeat(10),
        ] {
            assert!(!is_fit_for_brush(text), "{text}");
        }
        for text in [
            "echo $(cat <<x\n)\nx\n)",
            "(cat <<'x' 2> y)\n)\nx\n",
            "echo 5555555555 >x",
            "echo $(cat <<\"x\" | y\n${a}\nx\n)",
            "echo $(bc <<< \"$x / 2\") ${x}",
            &"case a in a) b;; esac\nf() { (c); }\n".repeat(12),
        ] {
            assert!(is_fit_for_brush(text), "{text}");
        }
    }
}
