//! What a run does to the world, in a form that a person can approve and that can be compared: which
//! commands run on which host, and which secrets go there.
//!
//! * [`Effects`] is the summary, and the hash that an approval is remembered by;
//! * `canonical` defines the hash, as `docs/trust.md` does;
//! * `flow` follows secrets to the steps that they reach;
//! * `changes` says in words what is new since another approval.
//!
//! Names and descriptions, comments, layout and the order of what nothing orders are no effects.

mod canonical;
mod changes;
mod flow;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::plan::{Action, Command, Piece, Plan, PlannedStep, Template};

/// What a run does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effects {
    /// SHA-256 of the canonical form, in hexadecimal.
    pub hash: String,
    /// The hosts that commands run on, in order of name.
    pub hosts: Vec<OnHost>,
}

/// What happens on one host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnHost {
    /// The host id; `local` is this machine. Where only the run knows it, the reference to it.
    pub host: String,
    /// The secrets that are sent there.
    pub secrets: Vec<String>,
    /// The variables of this machine's environment whose values are sent there.
    pub environment: Vec<String>,
    /// The commands, in the order in which they run.
    pub commands: Vec<Does>,
}

/// One command.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Does {
    /// The id of its step.
    pub step: String,
    /// The shell text. Empty for a tmux session that is just a shell.
    pub text: String,
    /// Where it starts, unless that is the login folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// The tmux session that it starts in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The variables that it is given, as `NAME=value`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
    /// The condition of its step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
}

/// What a recipe says nothing of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place<'a> {
    /// The host id that `${target}` stands for.
    pub target: Option<&'a str>,
    /// The folder in which commands start on this machine.
    pub folder: &'a str,
}

/// The name of this machine among the hosts.
pub const LOCAL: &str = "local";

impl Effects {
    /// What a run of the plan does.
    pub fn of(plan: &Plan, place: Place<'_>) -> Self {
        let secrets = flow::secrets(plan);
        let mut hosts: BTreeMap<String, Gathered> = BTreeMap::new();
        for index in plan.order() {
            let step = &plan.steps[index];
            if let Action::Command(command) = &step.action {
                let host = match host(command, place) {
                    Host::Local => LOCAL.to_owned(),
                    Host::Remote(id) => id,
                    Host::Unknown => plan.written(&command.host, place.target),
                };
                let there = hosts.entry(host).or_default();
                there.secrets.extend(secrets[index].iter().cloned());
                there.environment.extend(environment(plan, step));
                there.commands.push(does(plan, step, command, place));
            }
        }
        Self {
            hash: canonical::hash(plan, place),
            hosts: hosts.into_iter().map(|(host, it)| it.on(host)).collect(),
        }
    }

    /// The secrets that are sent anywhere.
    pub fn secrets(&self) -> BTreeSet<&str> {
        let all = self.hosts.iter().flat_map(|host| &host.secrets);
        all.map(String::as_str).collect()
    }

    /// How much it is: `2 hosts, 1 secret`.
    pub fn count(&self) -> String {
        let several = |count: usize, what: &str| match count {
            1 => format!("1 {what}"),
            count => format!("{count} {what}s"),
        };
        let hosts = several(self.hosts.len(), "host");
        format!("{hosts}, {}", several(self.secrets().len(), "secret"))
    }
}

/// What gathers for one host.
#[derive(Default)]
struct Gathered {
    secrets: BTreeSet<String>,
    environment: BTreeSet<String>,
    commands: Vec<Does>,
}

impl Gathered {
    fn on(self, host: String) -> OnHost {
        OnHost {
            host,
            secrets: self.secrets.into_iter().collect(),
            environment: self.environment.into_iter().collect(),
            commands: self.commands,
        }
    }
}

fn does(plan: &Plan, step: &PlannedStep, command: &Command, place: Place<'_>) -> Does {
    let written = |template: &Template| plan.written(template, place.target);
    let base = base(command, place).map(str::to_owned);
    let env = command.env.iter();
    let mut env: Vec<String> = env
        .map(|(name, value)| format!("{name}={}", written(value)))
        .collect();
    env.sort();
    Does {
        step: step.id.clone(),
        text: written(&command.script.source),
        folder: match (base, command.workdir.as_ref().map(written)) {
            (Some(base), Some(folder)) => Some(format!("{base}/{folder}")),
            (base, folder) => folder.or(base),
        },
        session: command.tmux_session.as_ref().map(written),
        env,
        when: step
            .when
            .as_ref()
            .map(|it| plan.condition(it, place.target)),
    }
}

/// Where a command runs, as far as that is known before.
enum Host {
    Local,
    Remote(String),
    Unknown,
}

fn host(command: &Command, place: Place<'_>) -> Host {
    let mut id = String::new();
    for piece in &command.host.0 {
        match (piece, place.target) {
            (Piece::Text(text), _) => id.push_str(text),
            (Piece::Target, Some(target)) => id.push_str(target),
            _ => return Host::Unknown,
        }
    }
    match id.as_str() {
        "local" | "__local__" => Host::Local,
        _ => Host::Remote(id),
    }
}

/// The folder of this machine that a command starts in, or that its own folder starts from. The same
/// text in another folder runs other programs, so it is part of what is approved.
fn base<'a>(command: &Command, place: Place<'a>) -> Option<&'a str> {
    if matches!(host(command, place), Host::Remote(_)) {
        return None;
    }
    let own = command.workdir.as_ref().and_then(|folder| folder.0.first());
    match own {
        Some(Piece::Text(text)) if text.starts_with(['/', '~']) => None,
        _ => Some(place.folder),
    }
}

/// The environment variables of this machine that a step hands on.
fn environment(plan: &Plan, step: &PlannedStep) -> Vec<String> {
    let mut names = Vec::new();
    for template in step.action.templates() {
        template.visit(&plan.initial, &mut |piece| {
            if let Piece::Env(name) = piece {
                names.push(name.clone());
            }
        });
    }
    names
}
