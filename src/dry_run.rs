//! `doppio run --dry-run`: what a run would do, in which order and where, as far as that is known
//! without connecting to anything or reading any value.

use std::collections::BTreeSet;
use std::fmt::Write;

use jiff::Timestamp;
use recipe::plan::{Action, Command, Piece, Plan, PlannedStep, Template, When};
use recipe::when::{Expr, Operand};
use runner::execute::Request;
use runner::transcript::duration;
use runner::visible::escaped;
use serde::Serialize;

/// One step as it would run. In the `jsonl` format each is a line of its own.
#[derive(Serialize)]
pub(crate) struct StepPreview {
    event: &'static str,
    step: String,
    name: String,
    line: usize,
    after: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workdir: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tmux_session: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    env: Vec<(String, String)>,
    /// The command, or what the step does instead.
    does: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    limits: Vec<String>,
    time: Timestamp,
}

/// The steps of a request in the order in which one after the other would run.
pub(crate) fn preview(request: &Request) -> Vec<StepPreview> {
    let plan = &request.plan;
    let show = Show { request };
    let steps = order(plan).into_iter();
    steps.map(|index| show.step(&plan.steps[index])).collect()
}

/// The previews for people.
pub(crate) fn text(name: &str, previews: &[StepPreview]) -> String {
    let mut out = format!(
        "{}: {} in this order; nothing is run\n",
        escaped(name),
        steps(previews.len())
    );
    for (number, step) in previews.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write_step(&mut out, number + 1, step);
    }
    out
}

fn steps(count: usize) -> String {
    match count {
        1 => "1 step".to_owned(),
        count => format!("{count} steps"),
    }
}

fn write_step(out: &mut String, number: usize, step: &StepPreview) -> std::fmt::Result {
    write!(out, "\n{number}. {}", step.step)?;
    if step.name != step.step {
        write!(out, " ({})", escaped(&step.name))?;
    }
    if let Some(host) = &step.host {
        write!(out, " on {}", escaped(host))?;
    }
    if !step.after.is_empty() {
        write!(out, ", after {}", step.after.join(", "))?;
    }
    writeln!(out)?;
    if let Some(when) = &step.when {
        writeln!(out, "   when {}", escaped(when))?;
    }
    for limit in &step.limits {
        writeln!(out, "   {limit}")?;
    }
    if let Some(workdir) = &step.workdir {
        writeln!(out, "   in {}", escaped(workdir))?;
    }
    if let Some(session) = &step.tmux_session {
        writeln!(out, "   in the tmux session {}", escaped(session))?;
    }
    for (name, value) in &step.env {
        writeln!(out, "   with {name}={}", escaped(value))?;
    }
    for line in step.does.trim_matches('\n').lines() {
        writeln!(out, "   | {}", escaped_command(line))?;
    }
    Ok(())
}

/// A line of a command, where a tab is only a tab.
fn escaped_command(line: &str) -> String {
    line.split('\t').map(escaped).collect::<Vec<_>>().join("\t")
}

/// Whether the script refers to the target, so that `${target}` in it is that reference.
fn names_target(command: &Command) -> bool {
    let bindings = command.script.bindings.iter();
    bindings
        .map(|(_, value)| &value.0)
        .any(|pieces| pieces[..] == [Piece::Target])
}

/// Dependencies first, written order among the free.
fn order(plan: &Plan) -> Vec<usize> {
    let mut needed_by = vec![Vec::new(); plan.steps.len()];
    let mut waits_for: Vec<usize> = plan.steps.iter().map(|step| step.needs.len()).collect();
    for (index, step) in plan.steps.iter().enumerate() {
        for need in &step.needs {
            needed_by[*need].push(index);
        }
    }
    let mut free: BTreeSet<usize> = (0..plan.steps.len())
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

struct Show<'a> {
    request: &'a Request,
}

impl Show<'_> {
    fn step(&self, step: &PlannedStep) -> StepPreview {
        let steps = &self.request.plan.steps;
        let mut preview = StepPreview {
            event: "step_planned",
            step: step.id.clone(),
            name: step.name.clone(),
            line: step.line,
            after: step
                .needs
                .iter()
                .map(|need| steps[*need].id.clone())
                .collect(),
            when: step.when.as_ref().map(|when| self.when(when)),
            host: None,
            workdir: None,
            tmux_session: None,
            env: Vec::new(),
            does: String::new(),
            limits: limits(step),
            time: runner::event::now(),
        };
        match &step.action {
            Action::Command(command) => self.command(&mut preview, command),
            Action::SetVar { name, value } => {
                preview.does = format!("set {name} to {}", self.template(value));
            }
            Action::Sleep(time) => {
                preview.does = format!("sleep {}", duration(time.as_secs_f64()));
            }
        }
        preview
    }

    fn command(&self, preview: &mut StepPreview, command: &Command) {
        let template = |template: &Template| self.template(template);
        preview.host = Some(template(&command.host));
        preview.workdir = command.workdir.as_ref().map(template);
        preview.tmux_session = command.tmux_session.as_ref().map(template);
        let env = command.env.iter();
        preview.env = env
            .map(|(name, value)| (name.clone(), template(value)))
            .collect();
        preview.does = match (&command.tmux_session, command.script.shown.as_str()) {
            (Some(_), "") => "the user's shell".to_owned(),
            (_, shown) => match self.request.target() {
                Some(target) if names_target(command) => shown.replace("${target}", target),
                _ => shown.to_owned(),
            },
        };
    }

    /// A template as it is written, with the target filled in where it is known.
    fn template(&self, template: &Template) -> String {
        let pieces = template.0.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Target => self.request.target().unwrap_or("${target}").to_owned(),
            Piece::Now => "${now}".to_owned(),
            Piece::Secret(name) => format!("${{secret:{name}}}"),
            Piece::Env(name) => format!("${{env.{name}}}"),
            Piece::Variable(name) => format!("${{{name}}}"),
            Piece::StepOutput(index) => format!("${{step.{}.output}}", self.id(*index)),
            Piece::StepExitCode(index) => format!("${{step.{}.exit_code}}", self.id(*index)),
        });
        pieces.collect()
    }

    fn id(&self, index: usize) -> &str {
        self.request
            .plan
            .steps
            .get(index)
            .map_or("?", |step| &step.id)
    }

    fn when(&self, when: &When) -> String {
        self.expression(&when.expression, when)
    }

    fn expression(&self, expression: &Expr, when: &When) -> String {
        let inner = |inner: &Expr| match inner {
            Expr::Truthy(_) | Expr::Not(_) => self.expression(inner, when),
            _ => format!("({})", self.expression(inner, when)),
        };
        match expression {
            Expr::Truthy(operand) => self.operand(operand, when),
            Expr::Compare { left, right, equal } => {
                let sign = if *equal { "==" } else { "!=" };
                let (left, right) = (self.operand(left, when), self.operand(right, when));
                format!("{left} {sign} {right}")
            }
            Expr::Not(one) => format!("!{}", inner(one)),
            Expr::And(left, right) => format!("{} && {}", inner(left), inner(right)),
            Expr::Or(left, right) => format!("{} || {}", inner(left), inner(right)),
        }
    }

    fn operand(&self, operand: &Operand, when: &When) -> String {
        match operand {
            Operand::Text(text) => format!("{text:?}"),
            Operand::Reference(index) => match when.operands.get(*index) {
                Some(template) => self.template(template),
                None => String::new(),
            },
            Operand::Mixed(parts) => {
                let parts = parts.iter().map(|part| match part {
                    Operand::Text(text) => text.clone(),
                    other => self.operand(other, when),
                });
                format!("\"{}\"", parts.collect::<String>())
            }
        }
    }
}

fn limits(step: &PlannedStep) -> Vec<String> {
    let mut limits = Vec::new();
    if let Some(limit) = step.timeout {
        limits.push(format!("at most {}", duration(limit.as_secs_f64())));
    }
    if let Some(retry) = step.retry.filter(|retry| retry.max_attempts > 1) {
        let wait = duration(retry.delay.as_secs_f64());
        limits.push(format!(
            "up to {} attempts, the second after {wait}",
            retry.max_attempts
        ));
    }
    if step.continue_on_failure {
        limits.push("the run goes on if it fails".to_owned());
    }
    limits
}
