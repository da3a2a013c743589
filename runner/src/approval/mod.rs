//! Nobody's recipe does anything before somebody has seen what it does.
//!
//! Before a run connects to anything, its [`Effects`] must be approved: by this user earlier
//! ([`Approvals`]), by the command line ([`Given`]), or by the person who is asked now ([`Approver`]).
//! What was seen and approved is remembered by hash, and asked about again only when the hash is
//! another one. `words` puts the question.

mod kept;
mod words;

use std::path::Path;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use recipe::effects::{Effects, Place};
use recipe::plan::Plan;

use crate::execute::Request;
use crate::problem::{Problem, ProblemKind};

pub use kept::Approvals;
pub use words::told;

/// Whether a run may do what it does, and who tells.
pub struct Approval {
    /// What the command line says.
    pub given: Given,
    /// What was approved before.
    pub kept: Approvals,
    /// Who is asked.
    pub approver: Arc<dyn Approver>,
}

/// What a command line says of the effects of its run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Given {
    /// Nothing.
    #[default]
    Nothing,
    /// `--yes`: whatever they are. Nobody has seen them, so nothing is remembered.
    Everything,
    /// `--approve HASH`: those of this hash, which somebody has seen.
    Hash(String),
}

/// Somebody who may be asked.
pub trait Approver: Send + Sync {
    /// Whether anybody is there.
    fn is_there(&self) -> bool;

    /// Shows what a run would do, and asks whether it may.
    fn approves<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, bool>;
}

/// What a run would do, and what is known of it.
#[derive(Clone, Debug)]
pub struct Question {
    /// The recipe, as people know it.
    pub recipe: String,
    /// What it would do.
    pub effects: Effects,
    /// What the same file did when it was approved last, and when that was.
    pub before: Option<(Timestamp, Effects)>,
}

/// Why a run may not start.
#[derive(Debug)]
pub(crate) enum Refused {
    /// There is something to put right first; the person at the terminal is asked after that.
    Later,
    /// Nobody has approved it.
    Now(Box<Problem>),
}

impl Approval {
    /// Approves everything and remembers nothing: `--yes`.
    pub fn of_everything() -> Self {
        Self {
            given: Given::Everything,
            kept: Approvals::nowhere(),
            approver: Arc::new(Nobody),
        }
    }

    /// Whether the run may do what it does. Returns what is worth a warning. Where `may_ask` is false
    /// the run cannot start anyway, and nobody is troubled.
    pub(crate) async fn check(
        &self,
        request: &Request,
        folder: Option<&Path>,
        may_ask: bool,
    ) -> Result<Option<String>, Refused> {
        if self.given == Given::Everything {
            return Ok(None);
        }
        let folder = absolute(folder.unwrap_or(Path::new(".")));
        let of = |plan: &Plan| {
            let target = request.target();
            let folder = &folder;
            Effects::of(plan, Place { target, folder })
        };
        let effects = of(&request.plan);
        let path = request
            .path
            .as_deref()
            .map(|path| absolute(Path::new(path)));
        let known = self.kept.load();
        let whole = request.plan.whole.as_deref().map(of);
        let is_known = |effects: &Effects| known.holds(&effects.hash);
        if is_known(&effects) || whole.as_ref().is_some_and(is_known) {
            return Ok(None);
        }
        let question = Question {
            recipe: request
                .path
                .clone()
                .unwrap_or_else(|| request.plan.name.clone()),
            before: path.as_deref().and_then(|path| known.last_of(path)),
            effects,
        };
        let is_approved = match &self.given {
            Given::Hash(hash) if *hash == question.effects.hash => true,
            _ if !self.approver.is_there() => false,
            _ if !may_ask => return Err(Refused::Later),
            _ => self.approver.approves(&question).await,
        };
        if !is_approved {
            let refused = question.refused(&self.given, request);
            return Err(Refused::Now(Box::new(refused)));
        }
        Ok(self.kept.remember(path, question.effects).err())
    }
}

impl Question {
    /// What is different from what was approved last; `None` if nothing of this file was.
    pub fn changes(&self) -> Option<Vec<String>> {
        let (_, before) = self.before.as_ref()?;
        Some(self.effects.changes_since(before))
    }

    fn refused(self, given: &Given, request: &Request) -> Problem {
        let steps = request.plan.steps.iter().map(|step| step.id.clone());
        Problem {
            steps: steps.collect(),
            message: self.refusal(given),
            kind: ProblemKind::ApprovalNeeded {
                hash: self.effects.hash.clone(),
                changes: self.changes(),
                effects: self.effects,
            },
        }
    }
}

/// Nobody to ask.
struct Nobody;

impl Approver for Nobody {
    fn is_there(&self) -> bool {
        false
    }

    fn approves<'a>(&'a self, _: &'a Question) -> BoxFuture<'a, bool> {
        Box::pin(std::future::ready(false))
    }
}

/// The one name of a path: links in it are followed, as far as it exists.
fn absolute(path: &Path) -> String {
    let found = path.canonicalize().or_else(|_| std::path::absolute(path));
    found.as_deref().unwrap_or(path).display().to_string()
}
