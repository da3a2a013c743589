//! Everything that can be missing is found before the first step, and listed together.
//!
//! [`check`] looks at what the plan refers to: environment variables, the target, secrets (whether
//! they exist; no value is read) and hosts, to which it connects. What it leaves is [`Supplies`]: the
//! connections, shared by the steps, and the secrets, read when a step needs one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use recipe::nearest::nearest;
use recipe::plan::{Action, Piece, Plan, PlannedStep, Template};
use recipe::{ENVIRONMENT_PREFIX, SecretName};

use crate::approval::{Approval, Refused};
use crate::execute::Request;
use crate::hosts::{HostError, Hosts};
use crate::machines::Machines;
use crate::problem::{Problem, ProblemKind};
use crate::secrets::{
    Interaction, Permit, Presence, Secret, SecretError, SecretNames, Unavailable, Values,
};
use crate::ssh::ConnectOptions;

/// What a run may use of the world outside.
pub struct World {
    /// Where relative local folders start.
    pub folder: Option<PathBuf>,
    /// The user's hosts, or why they cannot be read; that matters only to a run that needs one.
    pub hosts: Result<Hosts, HostError>,
    /// How to connect to them, and who is asked.
    pub connecting: ConnectOptions,
    /// Tells which secrets there are.
    pub names: SecretNames,
    /// Reads them.
    pub values: Values,
    /// The permit to.
    pub permit: Permit,
    /// Whether the run may do what it does.
    pub approval: Approval,
}

/// What a run needs from outside, all known to be there.
pub(crate) struct Supplies {
    /// The machines that it runs on.
    pub(crate) machines: Machines,
    names: SecretNames,
    values: Values,
    permit: Permit,
    /// What is worth a warning before the first step.
    pub(crate) warning: Option<String>,
}

/// How many hosts are connected to at once: each costs its server and us a key exchange.
const CONNECTING: usize = 5;

/// How long a person has to answer the keychain's dialog.
const UNLOCKING: Duration = Duration::from_secs(120);

/// What a plan refers to, and by which steps.
#[derive(Debug, Default)]
struct Uses {
    environment: BTreeMap<String, Vec<String>>,
    secrets: BTreeMap<SecretName, Vec<String>>,
    target: Vec<String>,
    /// Host ids that are known at the start.
    hosts: BTreeMap<String, Vec<String>>,
}

/// The environment variables that a plan refers to, as far as they are set.
pub(crate) fn environment(plan: &Plan) -> BTreeMap<String, String> {
    let mut names = BTreeSet::new();
    for template in plan.steps.iter().flat_map(PlannedStep::templates) {
        template.visit(&plan.initial, &mut |piece| {
            if let Piece::Env(name) = piece {
                names.insert(name.as_str());
            }
        });
    }
    // The values of secrets come only from where they are masked.
    let allowed = names
        .into_iter()
        .filter(|name| !name.starts_with(ENVIRONMENT_PREFIX));
    allowed
        .filter_map(|name| {
            let value = std::env::var_os(name)?;
            Some((name.to_owned(), value.to_string_lossy().into_owned()))
        })
        .collect()
}

/// Looks for everything that a run needs.
///
/// # Errors
/// All that is missing.
pub(crate) async fn check(
    request: &Request,
    world: World,
    environment: &BTreeMap<String, String>,
) -> Result<Supplies, Vec<Problem>> {
    let uses = Uses::of(request, environment);
    let (approval, folder) = (world.approval, world.folder.clone());
    let mut supplies = Supplies {
        machines: Machines::new(world.folder, world.hosts, world.connecting),
        names: world.names,
        values: world.values,
        permit: world.permit,
        warning: None,
    };
    let mut problems = uses.unset(environment);
    let lacks_target = !uses.target.is_empty() && request.target().is_none();
    if lacks_target {
        let message = "no target was given: add `--target HOST`".to_owned();
        problems.push(problem(ProblemKind::TargetMissing, &uses.target, message));
    }
    problems.extend(supplies.missing_secrets(&uses, false).await);
    // Nothing is connected to before somebody has approved what is done there.
    match approval
        .check(request, folder.as_deref(), problems.is_empty())
        .await
    {
        Ok(warning) => {
            supplies.warning = warning;
            problems.extend(supplies.connect(&uses).await);
        }
        // What it would do is not known without a target.
        Err(Refused::Now(problem)) if !lacks_target => problems.push(*problem),
        Err(_) => {}
    }
    if problems.is_empty() {
        // Last, so that nobody answers a dialog for a run that cannot start anyway.
        problems.extend(supplies.unlock(&uses).await);
    }
    if problems.is_empty() {
        // What could not be looked into before can be now.
        problems.extend(supplies.missing_secrets(&uses, true).await);
    }
    match problems.is_empty() {
        true => Ok(supplies),
        false => Err(problems),
    }
}

fn problem(kind: ProblemKind, steps: &[String], message: String) -> Problem {
    Problem {
        kind,
        steps: steps.to_vec(),
        message,
    }
}

impl Uses {
    fn of(request: &Request, environment: &BTreeMap<String, String>) -> Self {
        let mut uses = Self::default();
        let plan = &request.plan;
        for step in &plan.steps {
            for template in step.templates() {
                template.visit(&plan.initial, &mut |piece| uses.note(piece, &step.id));
            }
            if let Action::Command(command) = &step.action
                && let Some(host) = known_text(&command.host, request, environment)
            {
                note(&mut uses.hosts, host, &step.id);
            }
        }
        uses
    }

    /// The environment variables that are not set.
    fn unset(&self, environment: &BTreeMap<String, String>) -> Vec<Problem> {
        let unset = (self.environment.iter()).filter(|(name, _)| !environment.contains_key(*name));
        unset
            .map(|(name, steps)| {
                let message = format!("the environment variable {name} is not set");
                let name = name.clone();
                problem(ProblemKind::EnvironmentUnset { name }, steps, message)
            })
            .collect()
    }

    fn note(&mut self, piece: &Piece, step: &str) {
        match piece {
            Piece::Env(name) => note(&mut self.environment, name.clone(), step),
            Piece::Secret(name) => note(&mut self.secrets, name.clone(), step),
            Piece::Target if self.target.last().is_none_or(|last| last != step) => {
                self.target.push(step.to_owned());
            }
            _ => {}
        }
    }
}

/// Notes that a step uses something, once.
fn note<K: Ord>(uses: &mut BTreeMap<K, Vec<String>>, what: K, step: &str) {
    let steps = uses.entry(what).or_default();
    if steps.last().is_none_or(|last| last != step) {
        steps.push(step.to_owned());
    }
}

/// What the template stands for, if that is known before the first step.
fn known_text(
    template: &Template,
    request: &Request,
    environment: &BTreeMap<String, String>,
) -> Option<String> {
    let mut text = String::new();
    for piece in &template.0 {
        match piece {
            Piece::Text(part) => text.push_str(part),
            Piece::Target => text.push_str(request.target()?),
            Piece::Env(name) => text.push_str(environment.get(name)?),
            _ => return None,
        }
    }
    Some(text)
}

impl Supplies {
    /// Connects to every host that is known by now.
    async fn connect(&self, uses: &Uses) -> Vec<Problem> {
        let connecting = uses.hosts.iter().map(|(host, steps)| async {
            let mut found = self.machines.get(host).await.err()?;
            found.steps = steps.clone();
            Some(found)
        });
        let found = stream::iter(connecting).buffered(CONNECTING);
        found.filter_map(|found| async { found }).collect().await
    }

    /// The secrets that no source has, or about which none can tell. A keychain that is `unlocked`
    /// can tell of all.
    async fn missing_secrets(&self, uses: &Uses, unlocked: bool) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (name, steps) in &uses.secrets {
            let (kind, message) = match self.names.presence(name).await {
                Presence::Present(_) => continue,
                Presence::Unknown(Unavailable::Locked) if !unlocked => continue,
                Presence::Missing => (missing(name), self.not_found(name).await),
                Presence::Unknown(why) => {
                    let message = format!(
                        "Secret '{name}' cannot be looked up: {why}. {}",
                        why.advice_for(name)
                    );
                    (unavailable(name), message)
                }
            };
            problems.push(problem(kind, steps, message));
        }
        problems
    }

    /// Opens the keychain where a secret needs it. No value is read.
    async fn unlock(&self, uses: &Uses) -> Vec<Problem> {
        let names: Vec<SecretName> = uses.secrets.keys().cloned().collect();
        let Err(error) = self.values.unlock(&self.permit, &names, UNLOCKING).await else {
            return Vec::new();
        };
        let waiting = uses.secrets.iter();
        waiting
            .map(|(name, steps)| {
                let message = format!(
                    "Secret '{name}' cannot be read: {error}. {}",
                    error.advice()
                );
                problem(unavailable(name), steps, message)
            })
            .collect()
    }

    async fn not_found(&self, name: &SecretName) -> String {
        let stored = self.names.list().await.entries;
        let stored = stored.iter().map(|entry| entry.name.as_str());
        let nearest = nearest(name.as_str(), stored).and_then(|near| SecretName::parse(near).ok());
        let error = SecretError::NotFound {
            name: name.clone(),
            nearest,
        };
        format!("{error}. {}", error.advice())
    }

    /// Reads a secret for the step that is about to use it.
    ///
    /// # Errors
    /// When it is not there any more, or cannot be used.
    pub(crate) async fn secret(&self, name: &SecretName) -> Result<Secret, SecretError> {
        let asking = Interaction::Allow { limit: UNLOCKING };
        let (secret, _) = self.values.read(&self.permit, name, asking).await?;
        Ok(secret)
    }
}

fn missing(name: &SecretName) -> ProblemKind {
    let name = name.to_string();
    ProblemKind::SecretMissing { name }
}

fn unavailable(name: &SecretName) -> ProblemKind {
    let name = name.to_string();
    ProblemKind::SecretUnavailable { name }
}
