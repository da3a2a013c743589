//! The canonical form of what a run does, version 1, and its hash. `docs/trust.md` defines both:
//! whoever changes a byte of it here raises [`VERSION`] and says so there.
//!
//! A step is named by the hash of its own form, and says by these names what it waits for and whose
//! output it uses. So ids, and the order of what nothing orders, do not count, and the graph does.

use std::collections::BTreeSet;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::{Place, base};
use crate::plan::{Action, Command, Piece, Plan, PlannedStep, Template, When};
use crate::when::{Expr, Operand};

/// The first line of the form.
const VERSION: &str = "doppio effects 1\n";

/// The hash of what a run of the plan does.
pub(super) fn hash(plan: &Plan, place: Place<'_>) -> String {
    let mut form = Form {
        plan,
        place,
        steps: vec![String::new(); plan.steps.len()],
        first: BTreeSet::new(),
    };
    for index in plan.order() {
        form.steps[index] = form.step(&plan.steps[index]);
    }
    let mut text = VERSION.to_owned();
    for (name, value) in form.first_values() {
        text.push_str(&line("first", &[name, &value]));
    }
    form.steps.sort();
    for step in &form.steps {
        text.push_str(&line("step", &[step]));
    }
    digest(&text)
}

struct Form<'a> {
    plan: &'a Plan,
    place: Place<'a>,
    /// The names of the steps that are done.
    steps: Vec<String>,
    /// The variables that were referred to.
    first: BTreeSet<&'a str>,
}

impl<'a> Form<'a> {
    /// The name of a step: the hash of its form.
    fn step(&mut self, step: &'a PlannedStep) -> String {
        let mut text = match &step.action {
            Action::Command(command) => self.command(command),
            Action::SetVar { name, value } => line("set", &[name, &self.value(value)]),
            Action::Sleep(time) => line("sleep", &[&time.as_millis().to_string()]),
        };
        if let Some(when) = &step.when {
            text.push_str(&line("when", &[&self.when(when)]));
        }
        let mut after: Vec<&str> = step.needs.iter().map(|need| self.name(*need)).collect();
        after.sort_unstable();
        for step in after {
            text.push_str(&line("after", &[step]));
        }
        if step.continue_on_failure {
            text.push_str(&line("continue", &[]));
        }
        digest(&text)
    }

    fn command(&mut self, command: &'a Command) -> String {
        let mut text = line("host", &[&self.value(&command.host)]);
        match &command.tmux_session {
            Some(session) => text.push_str(&line("tmux", &[&self.value(session)])),
            None => text.push_str(&line("run", &[])),
        }
        text.push_str(&line("text", &[&self.value(&command.script.source)]));
        if let Some(base) = base(command, self.place) {
            text.push_str(&line("base", &[base]));
        }
        if let Some(folder) = &command.workdir {
            text.push_str(&line("folder", &[&self.value(folder)]));
        }
        let mut env: Vec<String> = command
            .env
            .iter()
            .map(|(name, value)| line("env", &[name, &self.value(value)]))
            .collect();
        env.sort();
        text.extend(env);
        if let Some(variable) = &command.capture {
            text.push_str(&line("capture", &[variable]));
        }
        text
    }

    /// A template: its pieces, texts side by side as one.
    fn value(&mut self, template: &'a Template) -> String {
        let mut out = String::new();
        let mut open = String::new();
        for piece in &template.0 {
            let (kind, content) = match piece {
                Piece::Text(text) => {
                    open.push_str(text);
                    continue;
                }
                Piece::Target => match self.place.target {
                    Some(target) => {
                        open.push_str(target);
                        continue;
                    }
                    None => ("target", ""),
                },
                Piece::Now => ("now", ""),
                Piece::Secret(name) => ("secret", name.as_str()),
                Piece::Env(name) => ("env", name.as_str()),
                Piece::Variable(name) => {
                    self.first.insert(name);
                    ("variable", name.as_str())
                }
                Piece::StepOutput(index) => ("output", self.name(*index)),
                Piece::StepExitCode(index) => ("exit_code", self.name(*index)),
            };
            let piece = line(kind, &[content]);
            flush(&mut open, &mut out);
            out.push_str(&piece);
        }
        flush(&mut open, &mut out);
        out
    }

    fn when(&mut self, when: &'a When) -> String {
        let values: Vec<String> = when.operands.iter().map(|it| self.value(it)).collect();
        expression(&when.expression, &values)
    }

    /// The first values of the variables that were referred to, in order of name.
    fn first_values(&mut self) -> Vec<(&'a str, String)> {
        let plan = self.plan;
        let names: Vec<&'a str> = self.first.iter().copied().collect();
        let known = names.into_iter();
        known
            .filter_map(|name| Some((name, self.value(plan.initial.get(name)?))))
            .collect()
    }

    fn name(&self, index: usize) -> &str {
        self.steps.get(index).map_or("", String::as_str)
    }
}

/// A condition, operators first.
fn expression(whole: &Expr, values: &[String]) -> String {
    let inner = |inner: &Expr| expression(inner, values);
    match whole {
        Expr::Truthy(one) => line("true", &[&operand(one, values)]),
        Expr::Compare { left, right, equal } => {
            let sign = if *equal { "equal" } else { "different" };
            line(sign, &[&operand(left, values), &operand(right, values)])
        }
        Expr::Not(one) => line("not", &[&inner(one)]),
        Expr::And(left, right) => line("and", &[&inner(left), &inner(right)]),
        Expr::Or(left, right) => line("or", &[&inner(left), &inner(right)]),
    }
}

fn operand(one: &Operand, values: &[String]) -> String {
    match one {
        Operand::Text(text) => line("text", &[text]),
        Operand::Reference(index) => {
            line("value", &[values.get(*index).map_or("", String::as_str)])
        }
        Operand::Mixed(parts) => {
            let parts: String = parts.iter().map(|part| operand(part, values)).collect();
            line("mixed", &[&parts])
        }
    }
}

fn flush(open: &mut String, out: &mut String) {
    if !open.is_empty() {
        out.push_str(&line("text", &[open]));
        open.clear();
    }
}

/// One line of the form: a word and, each with its length in bytes, what belongs to it.
fn line(word: &str, contents: &[&str]) -> String {
    let mut text = word.to_owned();
    for content in contents {
        // Writing to a string cannot fail.
        let _ = write!(text, " {}:{content}", content.len());
    }
    text.push('\n');
    text
}

fn digest(text: &str) -> String {
    let bytes = Sha256::digest(text.as_bytes());
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
