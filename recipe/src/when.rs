//! The language of `when`: a condition over texts.
//!
//! Operands are quoted strings, bare words and references; operators are `!`, `==`, `!=`, `&&`,
//! `||` and parentheses. An operand alone is true unless it is empty, `0`, `false`, `no` or `off`.

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
