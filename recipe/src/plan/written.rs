//! A plan as people read it: templates and conditions as they would be written, and the steps in the
//! order in which one after the other would run.

use std::collections::BTreeSet;

use super::{Piece, Plan, Template, When};
use crate::when::{Expr, Operand};

impl Plan {
    /// A template with the target filled in where it is known, and its other holes as references.
    pub fn written(&self, template: &Template, target: Option<&str>) -> String {
        let pieces = template.0.iter().map(|piece| match (piece, target) {
            (Piece::Target, Some(target)) => target.to_owned(),
            _ => piece.written(|step| self.id(step).to_owned()),
        });
        pieces.collect()
    }

    /// The condition of a step.
    pub fn condition(&self, when: &When, target: Option<&str>) -> String {
        let operand = |template: &Template| self.written(template, target);
        expression(
            &when.expression,
            &when.operands.iter().map(operand).collect::<Vec<_>>(),
        )
    }

    /// The places of the steps: dependencies first, written order among the free.
    pub fn order(&self) -> Vec<usize> {
        let mut needed_by = vec![Vec::new(); self.steps.len()];
        let mut waits_for: Vec<usize> = self.steps.iter().map(|step| step.needs.len()).collect();
        for (index, step) in self.steps.iter().enumerate() {
            for need in &step.needs {
                needed_by[*need].push(index);
            }
        }
        let mut free: BTreeSet<usize> = (0..self.steps.len())
            .filter(|index| waits_for[*index] == 0)
            .collect();
        let mut ordered = Vec::new();
        while let Some(next) = free.pop_first() {
            ordered.push(next);
            for index in &needed_by[next] {
                waits_for[*index] -= 1;
                if waits_for[*index] == 0 {
                    free.insert(*index);
                }
            }
        }
        ordered
    }

    fn id(&self, index: usize) -> &str {
        self.steps.get(index).map_or("?", |step| &step.id)
    }
}

impl Piece {
    /// How it is written in a recipe whose steps have these ids.
    pub(crate) fn written(&self, id: impl Fn(usize) -> String) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Target => "${target}".to_owned(),
            Self::Now => "${now}".to_owned(),
            Self::Secret(name) => format!("${{secret:{name}}}"),
            Self::Env(name) => format!("${{env.{name}}}"),
            Self::Variable(name) => format!("${{{name}}}"),
            Self::StepOutput(index) => format!("${{step.{}.output}}", id(*index)),
            Self::StepExitCode(index) => format!("${{step.{}.exit_code}}", id(*index)),
        }
    }
}

/// An expression, where `values` are what its references are written as.
fn expression(whole: &Expr, values: &[String]) -> String {
    let inner = |inner: &Expr| match inner {
        Expr::Truthy(_) | Expr::Not(_) => expression(inner, values),
        _ => format!("({})", expression(inner, values)),
    };
    match whole {
        Expr::Truthy(one) => operand(one, values),
        Expr::Compare { left, right, equal } => {
            let sign = if *equal { "==" } else { "!=" };
            format!(
                "{} {sign} {}",
                operand(left, values),
                operand(right, values)
            )
        }
        Expr::Not(one) => format!("!{}", inner(one)),
        Expr::And(left, right) => format!("{} && {}", inner(left), inner(right)),
        Expr::Or(left, right) => format!("{} || {}", inner(left), inner(right)),
    }
}

fn operand(one: &Operand, values: &[String]) -> String {
    match one {
        Operand::Text(text) => format!("{text:?}"),
        Operand::Reference(index) => values.get(*index).cloned().unwrap_or_default(),
        Operand::Mixed(parts) => {
            let parts = parts.iter().map(|part| match part {
                Operand::Text(text) => text.clone(),
                other => operand(other, values),
            });
            format!("\"{}\"", parts.collect::<String>())
        }
    }
}
