//! Everything that can be missing is found before the first step, and listed together.
//!
//! [`check`] looks at what the plan refers to: environment variables, the target, secrets (whether
//! they exist; no value is read) and hosts, to which it connects. What it leaves is [`Machines`]:
//! one connection a host, shared by the steps, and the secrets, read when a step needs one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use recipe::nearest::nearest;
use recipe::plan::{Action, Piece, Plan, PlannedStep, Template};
use recipe::{ENVIRONMENT_PREFIX, SecretName};

use crate::execute::{Request, visit};
use crate::machine::{LocalMachine, Machine};
use crate::problem::{Problem, ProblemKind};
use crate::secrets::{
    Interaction, Permit, Presence, Secret, SecretError, SecretNames, Unavailable, Values,
};

/// What a run may use of the world outside.
#[derive(Debug)]
pub struct World {
    /// Where relative local folders start.
    pub folder: Option<PathBuf>,
    /// Tells which secrets there are.
    pub names: SecretNames,
    /// Reads them.
    pub values: Values,
    /// The permit to.
    pub permit: Permit,
}

/// The machines of a run and its secrets, all known to be there.
#[derive(Debug)]
pub(crate) struct Machines {
    world: World,
    connected: tokio::sync::Mutex<BTreeMap<String, Arc<Machine>>>,
}

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
        visit(template, &plan.initial, &mut |piece| {
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
) -> Result<Machines, Vec<Problem>> {
    let uses = Uses::of(request, environment);
    let machines = Machines {
        world,
        connected: tokio::sync::Mutex::default(),
    };
    let mut problems = uses.unset(environment);
    if !uses.target.is_empty() && request.target().is_none() {
        let message = "no target was given: add `--target HOST`".to_owned();
        problems.push(problem(ProblemKind::TargetMissing, &uses.target, message));
    }
    let (missing, hosts) = tokio::join!(machines.missing_secrets(&uses), machines.connect(&uses));
    problems.extend(missing);
    problems.extend(hosts);
    if problems.is_empty() {
        // Last, so that nobody answers a dialog for a run that cannot start anyway.
        problems.extend(machines.unlock(&uses).await);
    }
    match problems.is_empty() {
        true => Ok(machines),
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
                visit(template, &plan.initial, &mut |piece| {
                    uses.note(piece, &step.id)
                });
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

impl Machines {
    pub(crate) async fn get(&self, host: &str) -> Result<Arc<Machine>, Problem> {
        let mut connected = self.connected.lock().await;
        if let Some(machine) = connected.get(host) {
            return Ok(Arc::clone(machine));
        }
        if host != "local" && host != "__local__" {
            let kind = ProblemKind::HostUnknown {
                host: host.to_owned(),
            };
            return Err(problem(kind, &[], format!("unknown host '{host}'")));
        }
        let machine = Arc::new(Machine::Local(LocalMachine::new(self.world.folder.clone())));
        connected.insert(host.to_owned(), Arc::clone(&machine));
        Ok(machine)
    }

    pub(crate) async fn forget(&self, host: &str) {
        self.connected.lock().await.remove(host);
    }

    /// Connects to every host that is known by now.
    async fn connect(&self, uses: &Uses) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (host, steps) in &uses.hosts {
            if let Err(mut found) = self.get(host).await {
                found.steps = steps.clone();
                problems.push(found);
            }
        }
        problems
    }

    /// The secrets that no source has, or about which none can tell.
    async fn missing_secrets(&self, uses: &Uses) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (name, steps) in &uses.secrets {
            let (kind, message) = match self.world.names.presence(name).await {
                // A locked keychain is opened later, and looked into again.
                Presence::Present(_) | Presence::Unknown(Unavailable::Locked) => continue,
                Presence::Missing => (missing(name), self.not_found(name).await),
                Presence::Unknown(why) => {
                    let message = format!(
                        "Secret '{name}' cannot be looked up: {why}. {}",
                        why.advice()
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
        let World { permit, values, .. } = &self.world;
        let Err(error) = values.unlock(permit, &names, UNLOCKING).await else {
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
        let stored = self.world.names.list().await.entries;
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
        let World { permit, values, .. } = &self.world;
        let limit = UNLOCKING;
        let (secret, _) = values
            .read(permit, name, Interaction::Allow { limit })
            .await?;
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
