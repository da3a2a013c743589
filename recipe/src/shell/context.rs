//! Where in a script a reference stands: how it is quoted, and whether its value stays data there.

use std::ops::Range;

use tree_sitter::Node;

use super::facts::Facts;
use super::parse::{Script, Step};
use super::refusal::Why;
use super::reparse;

/// How the place of a reference is quoted, which decides how its expansion is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quoting {
    /// Not at all.
    Bare,
    /// Double quotes or a here-document are open.
    Double,
    /// `'…'`, or `$'…'` that can go on as `'…'`.
    Single,
    /// In a comment or written `\${`: no reference at all.
    LeftAlone,
}

/// What lies around a place, from the inside out, as far as quoting goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    Double,
    Single,
    AnsiC,
    HereDocument,
    /// `${X:-…}` and its kind: the word after the operator.
    Default,
    /// `${X:=…}`
    AssignedDefault,
    /// `${X#…}` and its kind.
    Pattern,
    /// `$(…)`, `<(…)`: quoting starts anew inside.
    Substitution,
}

/// A place where a value can be put.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) quoting: Quoting,
    pub(super) layers: Vec<Layer>,
}

/// The place of `span`.
pub(super) fn place(facts: &Facts<'_>, span: &Range<usize>) -> Result<Place, Why> {
    let script = facts.script;
    if script.text.contains("\\\r") {
        return Err(Why::CarriageReturn);
    }
    if has_lone_continuation(&script.text) {
        return Err(Why::Unverified);
    }
    if !facts.here_documents_are_plain {
        return Err(Why::HereDocuments);
    }
    let path = script.path(span);
    let escaped = is_escaped(&script.text, span.start);
    if path.iter().any(|step| step.node.kind() == "comment") {
        return left_alone(script, &path);
    }
    if escaped && !is_raw_path(script, &path, span.start) && !in_error(&path) {
        return Ok(Place {
            quoting: Quoting::LeftAlone,
            layers: Vec::new(),
        });
    }
    let depth = path.len() - continued(script, &path, span);
    let layers = layers(script, &path, depth)?;
    let quoting = quoting(&layers)?;
    if path.iter().any(|step| {
        step.node.kind() == "ansi_c_string" && !is_plain_around(script, step.node, span)
    }) {
        return Err(Why::AnsiQuotes);
    }
    let mut arrays = path.iter().filter(|step| step.node.kind() == "array");
    if arrays.any(|step| is_subscript(script, step.node, span.start)) {
        return Err(Why::Arithmetic {
            place: "a subscript",
        });
    }
    reparse::refuse(facts, &path)?;
    match path.iter().any(|step| is_torn(script, step.node)) {
        true => Err(Why::Unverified),
        false => Ok(Place { quoting, layers }),
    }
}

/// The layers of the first `depth` nodes of `path`, from the inside out; an error where a value would
/// not stay data whatever is written.
pub(super) fn layers(script: &Script, path: &[Step<'_>], depth: usize) -> Result<Vec<Layer>, Why> {
    let mut layers = Vec::new();
    let mut refused = None;
    for at in (0..depth).rev() {
        match layer(script, path[at].node, path.get(at + 1)) {
            Ok(layer) => layers.extend(layer),
            // What is around a name often says more.
            Err(Why::Name) => refused = Some(Why::Name),
            Err(why) => return Err(why),
        }
    }
    refused.map_or(Ok(layers), Err)
}

fn layer(script: &Script, node: Node<'_>, inner: Option<&Step<'_>>) -> Result<Option<Layer>, Why> {
    let text = || script.slice(node);
    let expansion = || script.expansion(node);
    let field = inner.and_then(|step| step.field);
    Ok(match node.kind() {
        "ERROR" => return Err(Why::Syntax),
        "string" => Some(Layer::Double),
        "raw_string" => Some(Layer::Single),
        "ansi_c_string" => Some(Layer::AnsiC),
        "heredoc_start" | "heredoc_end" => return Err(Why::HereDocumentDelimiter),
        "heredoc_body" => match quoted_delimiter(script, node) {
            Some(delimiter) => return Err(Why::QuotedHereDocument { delimiter }),
            None if script.text.contains('\r') => return Err(Why::CarriageReturn),
            // The tree does not know that these run in a here-document.
            None if has_backticks(text()) => return Err(Why::Backticks),
            None => Some(Layer::HereDocument),
        },
        "command_substitution" if expansion().starts_with("$((") => return Err(arithmetic()),
        "command_substitution"
            if !expansion().starts_with("$(") && !are_plain_backticks(script, node) =>
        {
            return Err(Why::Backticks);
        }
        "command_substitution" | "process_substitution" => Some(Layer::Substitution),
        "arithmetic_expansion" => return Err(arithmetic()),
        "compound_statement" if text().starts_with("((") => return Err(arithmetic()),
        "c_style_for_statement" if field != Some("body") => return Err(arithmetic()),
        "subscript" => {
            return Err(Why::Arithmetic {
                place: "a subscript",
            });
        }
        "simple_expansion" => return Err(Why::Glued),
        "expansion" => inner
            .map(|step| operator(script, node, step.node))
            .transpose()?,
        "variable_name" | "special_variable_name" if inner.is_none() => return Err(Why::Name),
        "function_definition" | "for_statement" if matches!(field, Some("name" | "variable")) => {
            return Err(Why::Name);
        }
        "binary_expression" | "unary_expression" => {
            return test_operand(script, node).map_or(Ok(None), Err);
        }
        "regex" => return Err(Why::Pattern),
        _ => None,
    })
}

/// Whether `offset` is in the subscript of an element, `([…]=x)`. The tree has no node for that; it may
/// even cut the subscript into several elements.
fn is_subscript(script: &Script, array: Node<'_>, offset: usize) -> bool {
    let mut depth = 0_usize;
    let mut cursor = array.walk();
    for element in array.named_children(&mut cursor) {
        let mut inner = element.walk();
        let parts: Vec<_> = match element.kind() {
            "concatenation" => element.children(&mut inner).collect(),
            _ => vec![element],
        };
        for part in parts {
            if part.start_byte() >= offset {
                return depth > 0;
            }
            let plain = matches!(part.kind(), "word" | "number") || !part.is_named();
            let text = script.slice(part);
            let known = offset.min(part.end_byte()) - part.start_byte();
            let mut chars = text.get(..known).unwrap_or_default().char_indices();
            while let Some((at, c)) = chars.next().filter(|_| plain) {
                match c {
                    '\\' => _ = chars.next(),
                    '[' if depth > 0 || part.start_byte() + at == element.start_byte() => {
                        depth += 1
                    }
                    ']' => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            if part.end_byte() > offset {
                return depth > 0;
            }
        }
    }
    depth > 0
}

/// How many nodes at the end of `path` are there only because the word in the place of `span` goes on with
/// the name of the variable before it, as in `$X${…}`. For the shell that name ends at the next `$`.
fn continued(script: &Script, path: &[Step<'_>], span: &Range<usize>) -> usize {
    let Some(at) = path
        .iter()
        .rposition(|step| step.node.kind() == "simple_expansion")
    else {
        return 0;
    };
    let before = script.text.get(path[at].node.start_byte()..span.start);
    let name = before.and_then(|before| Some(before.split_once('$')?.1));
    let is_name = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match name.is_some_and(|name| !name.is_empty() && is_name(name)) {
        true => path.len() - at,
        false => 0,
    }
}

/// Whether some backtick in a here-document is not escaped.
fn has_backticks(body: &str) -> bool {
    let mut backticks = body.match_indices('`');
    backticks.any(|(at, _)| !is_escaped(body, at))
}

/// Whether all shells read what stands in these backticks as they read `$(…)`: nothing in them is escaped,
/// and no quotes are open around them.
fn are_plain_backticks(script: &Script, node: Node<'_>) -> bool {
    let text = script.expansion(node);
    let mut around = node.parent();
    while let Some(outer) = around {
        match outer.kind() {
            "command_substitution" if script.expansion(outer).starts_with("$(") => break,
            "process_substitution" => break,
            "string" | "heredoc_body" | "expansion" | "command_substitution" => return false,
            _ => around = outer.parent(),
        }
    }
    text.len() > 1 && text.matches('`').count() == 2 && !text.contains('\\')
}

/// Whether some line is nothing but a backslash that continues no line: the tree then takes the command after
/// it for arguments of the one before it.
fn has_lone_continuation(text: &str) -> bool {
    let mut continued = false;
    text.lines().any(|line| {
        let lone = !continued && line.trim() == "\\";
        continued = line.ends_with('\\');
        lone
    })
}

/// Whether the tree takes several commands for one, with what stands between them for an error or a blank.
fn is_torn(script: &Script, node: Node<'_>) -> bool {
    const WHOLE: &[&str] = &["command", "declaration_command", "unset_command"];
    const AROUND: &[&str] = &[
        "redirected_statement",
        "heredoc_redirect",
        "pipeline",
        "list",
    ];
    let is_whole = WHOLE.contains(&node.kind());
    if !is_whole && !AROUND.contains(&node.kind()) {
        return false;
    }
    let mut cursor = node.walk();
    let children: Vec<_> = node.children(&mut cursor).collect();
    let breaks = |pair: &[Node<'_>]| {
        let between = script.text.get(pair[0].end_byte()..pair[1].start_byte());
        between.is_some_and(|it| it.replace("\\\n", "").contains('\n'))
    };
    children.iter().any(Node::is_error) || is_whole && children.windows(2).any(breaks)
}

fn arithmetic() -> Why {
    Why::Arithmetic {
        place: "arithmetic",
    }
}

/// What kind of expansion `node` is, seen from the `inner` part of it; an error where that part is not
/// a word.
fn operator(script: &Script, node: Node<'_>, inner: Node<'_>) -> Result<Layer, Why> {
    let mut cursor = node.walk();
    let mut operators = node.children_by_field_name("operator", &mut cursor);
    let Some(operator) = operators.find(|operator| operator.end_byte() <= inner.start_byte())
    else {
        return Err(Why::InsideExpansionName);
    };
    match script.slice(operator) {
        ":-" | "-" | ":+" | "+" | ":?" | "?" => Ok(Layer::Default),
        ":=" | "=" => Ok(Layer::AssignedDefault),
        ":" => Err(Why::Arithmetic { place: "an offset" }),
        "#" | "##" | "%" | "%%" | "/" | "//" | "/#" | "/%" => Ok(Layer::Pattern),
        _ => Err(Why::InsideExpansionName),
    }
}

/// Why an operand of this operator of `[` or `[[` does not stay data.
fn test_operand(script: &Script, node: Node<'_>) -> Option<Why> {
    let operator = script.slice(node.child_by_field_name("operator")?);
    match operator {
        "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" => is_in_double_brackets(script, node)
            .then_some(Why::Arithmetic {
                place: "this comparison",
            }),
        "-v" | "-R" => Some(Why::Name),
        "=~" => Some(Why::Pattern),
        _ => None,
    }
}

/// `[` compares plain numbers, `[[` evaluates expressions.
fn is_in_double_brackets(script: &Script, node: Node<'_>) -> bool {
    let mut outer = node.parent();
    while let Some(node) = outer {
        if node.kind() == "test_command" {
            return script.slice(node).starts_with("[[");
        }
        outer = node.parent();
    }
    true
}

/// How a place inside `layers` is quoted; an error where shells disagree.
fn quoting(layers: &[Layer]) -> Result<Quoting, Why> {
    use Layer::{
        AnsiC, AssignedDefault, Default, Double, HereDocument, Pattern, Single, Substitution,
    };
    let here = layers
        .split(|layer| *layer == Substitution)
        .next()
        .unwrap_or_default();
    let (quotes, around) = match here {
        [
            quotes @ (Single | AnsiC | Double | HereDocument),
            around @ ..,
        ] => (Some(*quotes), around),
        around => (None, around),
    };
    let (inner, outer) = match around {
        [inner @ .., outer @ (Double | HereDocument)] => (inner, Some(*outer)),
        inner => (inner, None),
    };
    if inner
        .iter()
        .any(|layer| !matches!(layer, Default | AssignedDefault | Pattern))
    {
        return Err(Why::NestedQuotes);
    }
    match (quotes, outer) {
        (Some(_), Some(_)) => Err(Why::NestedQuotes),
        (None, Some(_)) if inner.contains(&Pattern) => Err(Why::Pattern),
        (_, None) if inner.contains(&AssignedDefault) => Err(Why::AssignedDefault),
        (None, Some(_)) | (Some(Double | HereDocument), None) => Ok(Quoting::Double),
        (Some(_), None) => Ok(Quoting::Single),
        (None, None) => Ok(Quoting::Bare),
    }
}

/// A comment stays, if every shell takes it for one.
fn left_alone(script: &Script, path: &[Step<'_>]) -> Result<Place, Why> {
    let comment = path.iter().find(|step| step.node.kind() == "comment");
    let before = comment.and_then(|step| script.text.get(..step.node.start_byte()));
    let starts_a_word = before
        .is_some_and(|text| text.is_empty() || text.ends_with(|c: char| " \t\n;&|()".contains(c)));
    match starts_a_word && !in_error(path) {
        true => Ok(Place {
            quoting: Quoting::LeftAlone,
            layers: Vec::new(),
        }),
        false => Err(Why::Syntax),
    }
}

fn in_error(path: &[Step<'_>]) -> bool {
    path.iter().any(|step| step.node.is_error())
}

fn is_escaped(text: &str, offset: usize) -> bool {
    let before = &text.as_bytes()[..offset];
    before
        .iter()
        .rev()
        .take_while(|byte| **byte == b'\\')
        .count()
        % 2
        == 1
}

/// Whether `$'…'` can be closed before `span` and go on as `'…'` after it. Before it no `\'`, which ends
/// the string in a shell that does not know `$'…'`.
fn is_plain_around(script: &Script, string: Node<'_>, span: &Range<usize>) -> bool {
    let part = |range: Range<usize>| script.text.get(range).unwrap_or_default();
    let before = part(string.start_byte()..span.start);
    let after = part(span.end..string.end_byte());
    !before.contains("\\'") && !after.contains('\\')
}

/// Whether a backslash at `offset` is plain text.
pub(super) fn is_raw(script: &Script, offset: usize) -> bool {
    let path = script.path(&(offset..offset));
    is_raw_path(script, &path, offset)
}

fn is_raw_path(script: &Script, path: &[Step<'_>], offset: usize) -> bool {
    path.iter().any(|Step { node, .. }| match node.kind() {
        "raw_string" => node.start_byte() < offset && offset < node.end_byte(),
        "heredoc_body" => quoted_delimiter(script, *node).is_some(),
        _ => false,
    })
}

/// Whether nothing is expanded in the here-document with this body.
pub(super) fn is_quoted_here_document(script: &Script, body: Node<'_>) -> bool {
    quoted_delimiter(script, body).is_some()
}

/// The delimiter of the here-document with this body, without its quotes, if it has any.
fn quoted_delimiter(script: &Script, body: Node<'_>) -> Option<String> {
    let redirect = body.parent()?;
    let mut cursor = redirect.walk();
    let start = redirect
        .named_children(&mut cursor)
        .find(|node| node.kind() == "heredoc_start")?;
    let written = script.slice(start);
    let plain: String = written.chars().filter(|c| !"'\"\\$".contains(*c)).collect();
    (plain != written).then_some(plain)
}
