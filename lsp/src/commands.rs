//! The commands that any client can have the server execute.

use std::collections::BTreeMap;

use recipe::SecretName;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::outbox::{Level, Message};
use crate::renamed_secrets::RenameSecret;
use crate::resolved::ResolvedRequest;
use crate::session::Session;
use crate::store;

/// Every command.
pub(crate) const ALL: [&str; 8] = [
    RUN,
    CANCEL,
    SHOW_LOG,
    TEST_HOST,
    HOW_TO_STORE,
    STORE,
    RENAME_SECRET,
    SHOW_RESOLVED,
];

/// Runs a recipe: [`RunRequest`].
const RUN: &str = "doppio.run";
/// Ends the run of a recipe: [`DocumentRequest`].
const CANCEL: &str = "doppio.cancelRun";
/// Shows the log of the last run of a recipe: [`DocumentRequest`].
const SHOW_LOG: &str = "doppio.showRunLog";
/// Finds out whether a host can be reached: [`TestRequest`].
const TEST_HOST: &str = "doppio.testHost";
/// Tells how a secret is stored: [`StoreRequest`].
const HOW_TO_STORE: &str = "doppio.howToStoreSecret";
/// Moves a value from a recipe into the keychain: [`store::StoreRequest`].
const STORE: &str = "doppio.storeSecret";
/// Gives a secret of the keychain another name: [`RenameSecret`].
const RENAME_SECRET: &str = "doppio.renameSecret";
/// Shows what a step would send: [`ResolvedRequest`].
const SHOW_RESOLVED: &str = "doppio.showResolvedStep";

/// A command with what it is given, to be sent back by the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    /// What the user reads.
    pub(crate) title: String,
    pub(crate) name: &'static str,
    pub(crate) argument: Value,
    /// The variables that the user is asked for: their values replace the empty ones in `vars`. Only
    /// for clients that ask, see [`Self::is_for_all`].
    pub(crate) asks: Vec<String>,
}

/// What `doppio.run` is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunRequest {
    /// The recipe: an open document, whose text is run as it is, saved or not.
    pub(crate) uri: String,
    /// The one step to run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) step: Option<String>,
    /// The step to start at: it and all that depend on it run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<String>,
    /// Values of variables, in place of those of the recipe. Nothing secret belongs here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) vars: BTreeMap<String, String>,
    /// The host that `${target}` stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) target: Option<String>,
    /// Only says what would be done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) dry_run: bool,
    /// The hash of what the run does, if the user was shown that and approves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) approve: Option<String>,
    /// Fingerprints of keys of hosts that were never seen: the user was shown them. They are recorded,
    /// and no others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) accept_host_keys: Vec<String>,
}

/// What the commands about a document are given.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct DocumentRequest {
    uri: String,
}

/// What `doppio.testHost` is given.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct TestRequest {
    host: String,
}

/// What `doppio.howToStoreSecret` is given.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct HowToStoreRequest {
    name: String,
}

impl RunRequest {
    /// Runs all of a recipe.
    pub(crate) fn whole(uri: &str) -> Self {
        Self {
            uri: uri.to_owned(),
            ..Self::default()
        }
    }

    /// The same for one step.
    pub(crate) fn only(mut self, step: &str) -> Self {
        self.step = Some(step.to_owned());
        self
    }

    /// The same from one step on.
    pub(crate) fn starting_at(&self, step: &str) -> Self {
        Self {
            step: None,
            from: Some(step.to_owned()),
            ..self.clone()
        }
    }

    /// The same without doing anything.
    pub(crate) fn dry(mut self) -> Self {
        self.dry_run = true;
        self
    }
}

impl Command {
    /// Runs what `request` says.
    pub(crate) fn run(title: &str, request: &RunRequest) -> Self {
        Self::new(title.to_owned(), RUN, request)
    }

    /// Runs what `request` says with values that the client asks for.
    pub(crate) fn ask_and_run(title: &str, request: &RunRequest, asks: Vec<String>) -> Self {
        Self {
            asks,
            ..Self::run(title, request)
        }
    }

    /// Whether it makes sense as it is, without a question to the user.
    pub(crate) fn is_for_all(&self) -> bool {
        self.asks.is_empty()
    }

    /// Ends the run of a document.
    pub(crate) fn cancel(uri: &str) -> Self {
        Self::about("Cancel the run", CANCEL, uri)
    }

    /// Shows what the last run of a document printed.
    pub(crate) fn show_log(uri: &str) -> Self {
        Self::about("Show log", SHOW_LOG, uri)
    }

    /// Tells how `name` is stored.
    pub(crate) fn how_to_store(name: &SecretName) -> Self {
        let request = HowToStoreRequest {
            name: name.to_string(),
        };
        Self::new(format!("How to store '{name}'"), HOW_TO_STORE, &request)
    }

    fn about(title: &str, name: &'static str, uri: &str) -> Self {
        let request = DocumentRequest {
            uri: uri.to_owned(),
        };
        Self::new(title.to_owned(), name, &request)
    }

    /// Moves a value into the keychain.
    pub(crate) fn store(title: String, request: &store::StoreRequest) -> Self {
        Self::new(title, STORE, request)
    }

    /// Shows what a step would send.
    pub(crate) fn show_resolved(uri: &str, step: &str) -> Self {
        let request = ResolvedRequest {
            uri: uri.to_owned(),
            step: step.to_owned(),
        };
        Self::new(
            format!("Show what step '{step}' sends"),
            SHOW_RESOLVED,
            &request,
        )
    }

    /// Gives a secret of the keychain another name.
    pub(crate) fn rename_secret(title: String, request: &RenameSecret) -> Self {
        Self::new(title, RENAME_SECRET, request)
    }

    fn new(title: String, name: &'static str, argument: &impl Serialize) -> Self {
        Self {
            title,
            name,
            // Strings and booleans can always be written as JSON.
            argument: serde_json::to_value(argument).unwrap_or_default(),
            asks: Vec::new(),
        }
    }
}

/// Executes a command. What comes of it is said later; an error is the caller's own.
pub(crate) fn execute(
    session: &mut Session,
    name: &str,
    argument: Option<Value>,
) -> Result<(), String> {
    let argument = argument.unwrap_or_default();
    let wrong = |error: serde_json::Error| format!("the argument of {name} is wrong: {error}");
    match name {
        RUN => session.run(serde_json::from_value(argument).map_err(wrong)?),
        CANCEL => {
            let request: DocumentRequest = serde_json::from_value(argument).map_err(wrong)?;
            session.runs.cancel_of(&request.uri);
        }
        SHOW_LOG => {
            let request: DocumentRequest = serde_json::from_value(argument).map_err(wrong)?;
            session.show_log(&request.uri);
        }
        TEST_HOST => {
            let request: TestRequest = serde_json::from_value(argument).map_err(wrong)?;
            session.test_host(request.host)?;
        }
        HOW_TO_STORE => {
            let request: HowToStoreRequest = serde_json::from_value(argument).map_err(wrong)?;
            let name = SecretName::parse(&request.name).map_err(|error| error.to_string())?;
            session.say(Level::Info, how_to_store(&name));
        }
        STORE => session.store(serde_json::from_value(argument).map_err(wrong)?)?,
        RENAME_SECRET => {
            session.rename_secret(&serde_json::from_value(argument).map_err(wrong)?)?;
        }
        SHOW_RESOLVED => {
            session.show_resolved(&serde_json::from_value(argument).map_err(wrong)?)?;
        }
        _ => {
            return Err(format!(
                "there is no command {name}; there are {}",
                ALL.join(", ")
            ));
        }
    }
    Ok(())
}

/// How a person stores a secret: where one gets it and what to type.
fn how_to_store(name: &SecretName) -> String {
    let obtain = name
        .well_known()
        .map(|known| format!("Get it at {}. ", known.obtain));
    format!(
        "{}Store it in a terminal with: doppio secret set {name} (it asks for the value). This warning \
         goes away by itself then.",
        obtain.unwrap_or_default()
    )
}

impl Session {
    /// Says something to the user.
    pub(crate) fn say(&self, level: Level, text: impl Into<String>) {
        self.parts.outbox.say(Message::Say(level, text.into()));
    }
}
