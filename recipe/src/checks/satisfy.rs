//! Whether a `when` can hold, and whether it can fail: found by trying values.
//!
//! What a variable of the recipe holds is never taken for granted, since `--var` can change it. The
//! values that are tried are those that can make a difference: what the condition compares with,
//! what counts as false, and texts that are none of these.

use std::ops::Range;

use crate::model::{Step, Text};
use crate::reference::ReferenceKind;
use crate::when::{self, Expr, Operand};

/// A parsed `when`.
pub(super) struct Condition<'a> {
    pub(super) text: &'a Text,
    expr: Expr,
}

/// What a condition can come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(super) can_hold: bool,
    pub(super) can_fail: bool,
}

/// What is remembered of the condition of a step, which costs more to find out than to keep.
#[derive(Clone, Copy, Debug)]
pub(crate) struct When {
    /// What it comes to by itself.
    pub(super) outcome: Outcome,
    pub(super) has_references: bool,
    /// Whether it asks for the exit code of a step, of which other steps may tell more.
    pub(super) asks_exit_code: bool,
    pub(super) asks_for_truth: bool,
}

impl When {
    /// That of `step`, if it has one that can be read.
    pub(crate) fn of(step: &Step) -> Option<Self> {
        let condition = Condition::of(step)?;
        let mut references = condition.text.references.iter();
        Some(Self {
            outcome: condition.outcome(&[]),
            has_references: condition.has_references(),
            asks_exit_code: references.any(|it| matches!(it.kind, ReferenceKind::StepExitCode(_))),
            asks_for_truth: condition.asks_for_truth(),
        })
    }

    /// Whether it may come to the same whatever the values are, with what other steps tell.
    pub(super) fn may_be_constant(self) -> bool {
        self.asks_exit_code || self.outcome.constant().is_some()
    }
}

impl Outcome {
    /// Nothing is known.
    const EITHER: Self = Self {
        can_hold: true,
        can_fail: true,
    };

    /// `Some` value if it is always that.
    pub(super) fn constant(self) -> Option<bool> {
        match (self.can_hold, self.can_fail) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    }
}

impl<'a> Condition<'a> {
    /// The condition of `step`, if it has one that can be read.
    pub(super) fn of(step: &'a Step) -> Option<Self> {
        let text = step.fields.text("when")?;
        let ranges: Vec<Range<usize>> = text.references.iter().map(|it| it.range.clone()).collect();
        let expr = when::parse(text.as_str(), &ranges).ok()?;
        Some(Self { text, expr })
    }

    /// Whether it asks anything.
    pub(super) fn has_references(&self) -> bool {
        !self.text.references.is_empty()
    }

    /// What it can come to. `always_zero` names steps whose exit code can only be 0 here, or nothing
    /// where they were skipped.
    pub(super) fn outcome(&self, always_zero: &[&str]) -> Outcome {
        outcome(&[self], always_zero)
    }

    /// Whether this and another can hold in the same run.
    pub(super) fn can_hold_with(&self, other: &Self) -> bool {
        outcome(&[self, other], &[]).can_hold
    }
}

/// More combinations are not tried: the condition is taken for one that can go either way.
const MOST_TRIED: usize = 4096;

/// What all of `conditions` together can come to.
fn outcome(conditions: &[&Condition<'_>], always_zero: &[&str]) -> Outcome {
    let Some(question) = Question::of(conditions, always_zero) else {
        return Outcome::EITHER;
    };
    let mut combinations = question.domains.iter().map(Vec::len);
    let Some(combinations) = combinations.try_fold(1usize, usize::checked_mul) else {
        return Outcome::EITHER;
    };
    if combinations > MOST_TRIED {
        return Outcome::EITHER;
    }
    let mut seen = Outcome {
        can_hold: false,
        can_fail: false,
    };
    for number in 0..combinations {
        let holds = conditions.iter().all(|condition| {
            let value =
                |index: usize| question.value(number, &condition.text.references[index].kind);
            condition.expr.holds(&value)
        });
        seen.can_hold |= holds;
        seen.can_fail |= !holds;
        if seen == Outcome::EITHER {
            break;
        }
    }
    seen
}

/// What is asked, and the values that can make a difference to the answer.
struct Question<'a> {
    asked: Vec<&'a ReferenceKind>,
    domains: Vec<Vec<String>>,
}

impl<'a> Question<'a> {
    /// Nothing where a comparison is with a reference and more: too many values could matter.
    fn of(conditions: &[&Condition<'a>], always_zero: &[&str]) -> Option<Self> {
        let (mut asked, mut literals) = (Vec::new(), Vec::new());
        for condition in conditions {
            let mut is_simple = true;
            each_operand(&condition.expr, &mut |operand| match plain(operand) {
                Some(Operand::Text(text)) => literals.push(text.clone()),
                Some(_) => {}
                None => is_simple = false,
            });
            if !is_simple {
                return None;
            }
        }
        for condition in conditions {
            // Each lives as long as the recipe.
            let text: &'a Text = condition.text;
            for reference in &text.references {
                if !asked.contains(&&reference.kind) {
                    asked.push(&reference.kind);
                }
            }
        }
        literals.sort();
        literals.dedup();
        let count = asked.len();
        let domains = asked
            .iter()
            .map(|kind| domain(kind, &literals, count, always_zero));
        let domains = domains.collect();
        Some(Self { asked, domains })
    }

    /// The value of a reference in one of all combinations.
    fn value(&self, mut number: usize, kind: &ReferenceKind) -> String {
        for (asked, domain) in self.asked.iter().zip(&self.domains) {
            if *asked == kind {
                return domain[number % domain.len()].clone();
            }
            number /= domain.len();
        }
        String::new()
    }
}

/// The values that a reference can have, as far as they make a difference.
fn domain(
    kind: &ReferenceKind,
    literals: &[String],
    count: usize,
    always_zero: &[&str],
) -> Vec<String> {
    let own = |text: &str| text.to_owned();
    let mut values = match kind {
        ReferenceKind::Escape => vec![own("${")],
        ReferenceKind::StepExitCode(id) if always_zero.contains(&id.as_str()) => {
            vec![own("0"), String::new()]
        }
        ReferenceKind::StepExitCode(_) => {
            let is_code =
                |text: &&String| text.parse::<u8>().is_ok_and(|it| it.to_string() == **text);
            let mut codes: Vec<String> = literals.iter().filter(is_code).cloned().collect();
            codes.extend((0..=count).map(|code| code.to_string()));
            codes.push(String::new());
            codes
        }
        _ => {
            // Texts that nothing is compared with, one more than can be told apart.
            let fresh = (0..=count).map(|it| format!("\u{1}{it}"));
            let mut values: Vec<String> = fresh.collect();
            values.extend(literals.iter().cloned());
            values.extend(["", "0", "false", "no", "off"].map(str::to_owned));
            values
        }
    };
    let mut seen = std::collections::HashSet::new();
    values.retain(|value| seen.insert(value.clone()));
    values
}

/// The one text or reference that an operand is, unless it joins several.
fn plain(operand: &Operand) -> Option<&Operand> {
    match operand {
        Operand::Mixed(parts) => match parts.as_slice() {
            [part] => plain(part),
            _ => None,
        },
        operand => Some(operand),
    }
}

fn each_operand<'e>(expr: &'e Expr, visit: &mut dyn FnMut(&'e Operand)) {
    match expr {
        Expr::Truthy(operand) => visit(operand),
        Expr::Compare { left, right, .. } => [left, right].into_iter().for_each(visit),
        Expr::Not(inner) => each_operand(inner, visit),
        Expr::And(left, right) | Expr::Or(left, right) => {
            each_operand(left, visit);
            each_operand(right, visit);
        }
    }
}

impl Condition<'_> {
    /// Whether it takes the value of a reference by itself for true or false.
    pub(super) fn asks_for_truth(&self) -> bool {
        let mut asks = false;
        let mut open = vec![&self.expr];
        while let Some(expr) = open.pop() {
            match expr {
                Expr::Truthy(operand) => asks |= !matches!(plain(operand), Some(Operand::Text(_))),
                Expr::Compare { .. } => {}
                Expr::Not(inner) => open.push(inner),
                Expr::And(left, right) | Expr::Or(left, right) => open.extend([&**left, &**right]),
            }
        }
        asks
    }
}

#[cfg(test)]
mod tests {
    use crate::Analyser;

    use super::*;

    fn with(whens: &[&str], check: impl FnOnce(&[Condition<'_>])) {
        let steps = whens
            .iter()
            .map(|when| format!("[[step]]\nwhen = '''{when}'''\n"));
        let text: String = steps.collect();
        let analysis = Analyser::default().analyse(text.into(), None);
        let steps = analysis.recipe.steps.iter();
        let conditions: Vec<_> = steps
            .map(|step| Condition::of(step).expect("sound"))
            .collect();
        check(&conditions);
    }

    #[test]
    fn what_cannot_be_otherwise_is_seen() {
        for (when, expected) in [
            ("yes", Some(true)),
            ("no || 0", Some(false)),
            ("${a}", None),
            ("${a} == x", None),
            ("${a} == x && ${a} == y", Some(false)),
            ("${a} != x || ${a} != y", Some(true)),
            ("${a} == x && !${a}", Some(false)),
            ("${a} == no && ${a}", Some(false)),
            ("${a} && !${a}", Some(false)),
            ("${a} == ${b} && ${a} == x && ${b} == y", Some(false)),
            ("${a} == ${b} && ${b} == ${c} && ${a} != ${c}", Some(false)),
            ("${a} != ${b} && ${b} != ${c} && ${a} != ${c}", None),
            ("!${a} && ${a} != '' && ${a} != no", None),
            ("'${a}' == 'x' && ${a} != x", Some(false)),
            ("'<${a}>' == '<x>' && ${a} != x", None),
            ("${step.s.exit_code} == failed", Some(false)),
            ("${step.s.exit_code} == 1", None),
            ("${step.s.exit_code} == 01", Some(false)),
            ("${step.s.output} == failed", None),
        ] {
            with(&[when], |it| {
                assert_eq!(it[0].outcome(&[]).constant(), expected, "{when}")
            });
        }
        let zero = |when: &str| {
            let mut result = None;
            with(&[when], |it| result = it[0].outcome(&["s"]).constant());
            result
        };
        assert_eq!(
            zero("${step.s.exit_code} != 0 && ${step.s.exit_code}"),
            Some(false)
        );
        assert_eq!(zero("${step.s.exit_code} == 0"), None);
        assert_eq!(zero("${step.t.exit_code} == 1"), None);
    }

    #[test]
    fn conditions_can_exclude_one_another() {
        for (one, other, expected) in [
            ("${a} == x", "${a} == y", false),
            ("${a} == x", "${a} != x", false),
            ("${a}", "!${a}", false),
            ("${a} == x", "${b} == y", true),
            ("${a} != x", "${a} != y", true),
        ] {
            with(&[one, other], |it| {
                assert_eq!(it[0].can_hold_with(&it[1]), expected, "{one} {other}")
            });
        }
    }
}
