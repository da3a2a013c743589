//! What a string stands for, in pieces: its own text, and the references that something is filled in for.
//!
//! Text that moves from one string to another means the same there if the pieces are the same. Who asks gives
//! up where more than the pieces counts: [`depends_on_its_neighbours`].

use recipe::language::Role;
use recipe::names::Names;
use recipe::reference::{ReferenceKind, scan};
use recipe::when::{self, Expr, Operand};

/// A part of what a string stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Reference(ReferenceKind),
}

/// Whose names count.
pub(super) struct Meaning<'a> {
    pub(super) names: &'a Names,
    /// A variable that is about to be one of the recipe's.
    pub(super) new: Option<&'a str>,
}

impl Meaning<'_> {
    /// What a string of that role stands for; nothing if something in it is malformed.
    pub(super) fn pieces(&self, text: &str, role: Role) -> Option<Vec<Piece>> {
        let mut pieces = Vec::new();
        let mut done = 0;
        let is_shell = role == Role::Shell;
        for found in scan(text, is_shell) {
            push(
                &mut pieces,
                Piece::Text(text[done..found.range.start].to_owned()),
            );
            let written = &text[found.range.clone()];
            push(
                &mut pieces,
                match found.kind {
                    ReferenceKind::Malformed(_) => return None,
                    ReferenceKind::Escape => Piece::Text("${".to_owned()),
                    ReferenceKind::Variable(name) if is_shell && !self.is_ours(&name) => {
                        Piece::Text(written.to_owned())
                    }
                    kind => Piece::Reference(kind),
                },
            );
            done = found.range.end;
        }
        push(&mut pieces, Piece::Text(text[done..].to_owned()));
        Some(pieces)
    }

    /// Whether `${name}` is filled in by us.
    pub(super) fn is_ours(&self, name: &str) -> bool {
        matches!(name, "target" | "now") || self.new == Some(name) || self.names.is_variable(name)
    }

    /// Whether a variable's value may hold it: what only a step knows, or nobody, is a mistake there.
    pub(super) fn is_known_at_start(&self, piece: &Piece) -> bool {
        match piece {
            Piece::Reference(ReferenceKind::Variable(name)) => {
                self.is_ours(name) && !self.names.is_set_by_step(name)
            }
            Piece::Reference(kind) => {
                matches!(kind, ReferenceKind::Secret(_) | ReferenceKind::Env(_))
            }
            Piece::Text(_) => true,
        }
    }

    /// Whether a shell text has a backslash before a reference of ours: then quotes elsewhere in it decide whether
    /// it is one at all.
    pub(super) fn depends_on_its_neighbours(&self, text: &str, role: Role) -> bool {
        let is_ours = |kind: &ReferenceKind| match kind {
            ReferenceKind::Variable(name) => self.is_ours(name),
            ReferenceKind::Escape => false,
            _ => true,
        };
        let found = scan(text, role == Role::Shell);
        let mut ours = found.iter().filter(|it| is_ours(&it.kind));
        role == Role::Shell && ours.any(|it| text[..it.range.start].ends_with('\\'))
    }

    /// The condition that `text` is, with what each of its operands stands for. The variable `name` stands for
    /// `value`.
    pub(super) fn condition(&self, text: &str, name: &str, value: &[Piece]) -> Option<Condition> {
        let found = scan(text, false);
        let ranges: Vec<_> = found.iter().map(|it| it.range.clone()).collect();
        let expr = when::parse(text, &ranges).ok()?;
        let operand = |operand: &Operand| {
            let mut pieces = Vec::new();
            self.add_operand(&mut pieces, operand, text, &ranges)?;
            Some(filled(&pieces, name, value))
        };
        condition(&expr, &operand)
    }

    fn add_operand(
        &self,
        pieces: &mut Vec<Piece>,
        operand: &Operand,
        text: &str,
        ranges: &[std::ops::Range<usize>],
    ) -> Option<()> {
        match operand {
            Operand::Text(text) => push(pieces, Piece::Text(text.clone())),
            Operand::Reference(index) => {
                let written = &text[ranges.get(*index)?.clone()];
                let all = self.pieces(written, Role::When)?;
                all.into_iter().for_each(|piece| push(pieces, piece));
            }
            Operand::Mixed(parts) => {
                for part in parts {
                    self.add_operand(pieces, part, text, ranges)?;
                }
            }
        }
        Some(())
    }
}

/// A condition whose operands are what they stand for.
#[derive(Debug, PartialEq)]
pub(super) enum Condition {
    Truthy(Vec<Piece>),
    Compare(Vec<Piece>, Vec<Piece>, bool),
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
}

fn condition(expr: &Expr, operand: &dyn Fn(&Operand) -> Option<Vec<Piece>>) -> Option<Condition> {
    let inner = |expr: &Expr| Some(Box::new(condition(expr, operand)?));
    Some(match expr {
        Expr::Truthy(one) => Condition::Truthy(operand(one)?),
        Expr::Compare { left, right, equal } => {
            Condition::Compare(operand(left)?, operand(right)?, *equal)
        }
        Expr::Not(one) => Condition::Not(inner(one)?),
        Expr::And(left, right) => Condition::And(inner(left)?, inner(right)?),
        Expr::Or(left, right) => Condition::Or(inner(left)?, inner(right)?),
    })
}

/// The pieces with what the variable `name` stands for in its place.
pub(super) fn filled(pieces: &[Piece], name: &str, value: &[Piece]) -> Vec<Piece> {
    let mut all = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Reference(ReferenceKind::Variable(it)) if it == name => {
                value.iter().for_each(|it| push(&mut all, it.clone()));
            }
            other => push(&mut all, other.clone()),
        }
    }
    all
}

/// Appends a piece; two texts side by side become one.
fn push(pieces: &mut Vec<Piece>, piece: Piece) {
    match (pieces.last_mut(), piece) {
        (_, Piece::Text(text)) if text.is_empty() => {}
        (Some(Piece::Text(last)), Piece::Text(text)) => last.push_str(&text),
        (_, piece) => pieces.push(piece),
    }
}

impl Piece {
    /// The same with plain line ends.
    pub(super) fn with_plain_lines(self) -> Self {
        match self {
            Self::Text(text) => Self::Text(text.replace("\r\n", "\n")),
            other => other,
        }
    }
}
