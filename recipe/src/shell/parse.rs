//! A script and its tree.

use std::cell::RefCell;
use std::ops::Range;

use tree_sitter::{Node, Parser, Tree};

use super::Mark;
use super::command::each;

/// A script as tree-sitter reads it.
///
/// Where the text has marks, each is replaced by a word of the same length, so that every offset holds
/// for both. The word looks like an identifier: with anything else arithmetic is no longer recognised.
pub(super) struct Script {
    pub(super) text: String,
    tree: Tree,
}

/// One node on the way from the root to a place, with the field of its parent that it is.
#[derive(Clone, Copy)]
pub(super) struct Step<'t> {
    pub(super) node: Node<'t>,
    pub(super) field: Option<&'t str>,
}

impl Script {
    /// Parses `text`; nothing where no tree is to be had.
    pub(super) fn of(text: &str) -> Option<Self> {
        Self::parse(text.to_owned())
    }

    /// Parses `text` with a word in the place of each mark; nothing where the marks are not as
    /// [`super::judge`] wants them.
    pub(super) fn with_stand_ins(text: &str, marks: &[Mark]) -> Option<Self> {
        Self::parse(with_stand_ins(text, marks)?)
    }

    fn parse(text: String) -> Option<Self> {
        thread_local! {
            static PARSER: RefCell<Option<Parser>> = RefCell::new(bash());
        }
        let tree = PARSER.with_borrow_mut(|parser| parser.as_mut()?.parse(&text, None))?;
        Some(Self { text, tree })
    }

    /// Whether each here-document starts on the line after its delimiter. Where one does not, there are
    /// several on one line, or the tree is wrong about all that follows.
    pub(super) fn here_documents_are_plain(&self) -> bool {
        let mut plain = true;
        if self.text.contains("<<") {
            each(self.root(), &mut |node| {
                if node.kind() == "heredoc_start" {
                    let body =
                        here_document_body(node).map_or(usize::MAX, |body| body.start_byte());
                    let between = self.text.get(node.end_byte()..body).unwrap_or("?");
                    let indentation = between.split_once('\n').map_or("?", |(_, after)| after);
                    plain &= indentation.trim_start().is_empty();
                }
            });
        }
        plain
    }

    pub(super) fn root(&self) -> Node<'_> {
        self.tree.root_node()
    }

    pub(super) fn slice(&self, node: Node<'_>) -> &str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// What is written for an expansion or a substitution. Its node also takes in the blanks and line
    /// continuations before it, where in double quotes nothing else stands before them.
    pub(super) fn expansion(&self, node: Node<'_>) -> &str {
        let text = self.slice(node);
        let written = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '\\');
        match text.strip_suffix(written) {
            Some(blanks) if !blanks.ends_with('\\') => written,
            _ => text,
        }
    }

    /// The nodes that contain `span`, from the root to the smallest.
    pub(super) fn path(&self, span: &Range<usize>) -> Vec<Step<'_>> {
        let mut cursor = self.tree.walk();
        let mut path = vec![Step {
            node: cursor.node(),
            field: None,
        }];
        while cursor.goto_first_child_for_byte(span.start).is_some() {
            let node = cursor.node();
            if node.start_byte() > span.start || node.end_byte() < span.end {
                break;
            }
            path.push(Step {
                node,
                field: cursor.field_name(),
            });
        }
        path
    }
}

/// `text` with a word in the place of each mark.
pub(super) fn with_stand_ins(text: &str, marks: &[Mark]) -> Option<String> {
    let mut marked = String::with_capacity(text.len());
    for Mark { span, .. } in marks {
        text.get(span.clone())?;
        marked.push_str(text.get(marked.len()..span.start)?);
        marked.extend(std::iter::repeat_n('M', span.len()));
    }
    marked.push_str(text.get(marked.len()..)?);
    Some(marked)
}

/// The body of the here-document whose delimiter `start` is.
fn here_document_body(start: Node<'_>) -> Option<Node<'_>> {
    let mut next = start.next_sibling();
    while let Some(node) = next {
        if node.kind() == "heredoc_body" {
            return Some(node);
        }
        next = node.next_sibling();
    }
    None
}

fn bash() -> Option<Parser> {
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_bash::LANGUAGE.into())
        .ok()?;
    Some(parser)
}
