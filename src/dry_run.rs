//! `doppio run --dry-run`: what a run would do, in which order and where, as far as that is known
//! without connecting to anything or reading any value.

use std::fmt::Write;

use jiff::Timestamp;
use recipe::plan::{Action, Command, Plan, PlannedStep, Template};
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
    let steps = plan.order().into_iter();
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

struct Show<'a> {
    request: &'a Request,
}

impl Show<'_> {
    fn step(&self, step: &PlannedStep) -> StepPreview {
        let steps = &self.plan().steps;
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
            when: step
                .when
                .as_ref()
                .map(|when| self.plan().condition(when, self.request.target())),
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
        let text = template(&command.script.source);
        preview.does = match &command.tmux_session {
            Some(_) if text.is_empty() => "the user's shell".to_owned(),
            _ => text,
        };
    }

    fn template(&self, template: &Template) -> String {
        self.plan().written(template, self.request.target())
    }

    fn plan(&self) -> &Plan {
        &self.request.plan
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
