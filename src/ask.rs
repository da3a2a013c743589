//! What a person at a terminal is asked, whether a run may do what it does and while connections are
//! opened, and what is answered without: the passphrase that the keychain holds.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use futures_util::future::BoxFuture;
use recipe::SecretName;
use runner::approval::{Approver, Question};
use runner::secrets::{Interaction, Permit, Places, Presence, Secret, SecretNames, Values};
use runner::ssh::{Answers, OfferedKey};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

/// The secret whose value opens private keys.
const PASSPHRASE: &str = "ssh/passphrase";

/// How long a person has to answer the keychain's dialog.
const DIALOG: Duration = Duration::from_secs(120);

/// Answers from the keychain and, where there is one, from the person at the terminal.
pub(crate) struct Asker {
    names: SecretNames,
    values: Values,
    permit: Permit,
    /// One question at a time; `None` where nobody is to be asked.
    person: Option<Mutex<()>>,
    /// Fingerprints of host keys that a person has seen and trusts.
    accepted: Vec<String>,
}

impl Asker {
    /// Asks nobody unless `may_ask` and standard input and error are a terminal.
    pub(crate) fn new(places: &Places, may_ask: bool) -> Self {
        let permit = Permit::for_command_line();
        let at_terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
        Self {
            names: SecretNames::new(places),
            values: Values::new(&permit, places),
            permit,
            person: (may_ask && at_terminal).then(Mutex::default),
            accepted: Vec::new(),
        }
    }

    /// Trusts host keys with these fingerprints without asking.
    pub(crate) fn accepting(self, accepted: Vec<String>) -> Self {
        Self { accepted, ..self }
    }

    async fn stored_passphrase(&self) -> Option<Secret> {
        let name = SecretName::parse(PASSPHRASE).ok()?;
        if let Presence::Missing | Presence::Unknown(_) = self.names.presence(&name).await {
            return None;
        }
        let asking = Interaction::Allow { limit: DIALOG };
        let read = self.values.read(&self.permit, &name, asking).await;
        read.ok().map(|(secret, _)| secret)
    }
}

impl Answers for Asker {
    fn trust<'a>(&'a self, key: &'a OfferedKey) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            if self.accepted.contains(&key.fingerprint) {
                return true;
            }
            let Some(person) = &self.person else {
                return false;
            };
            let _turn = person.lock().await;
            let question = format!(
                "The key of {key} is not known.\n\
                 Compare the fingerprint with one from the host's owner. Trust it from now on?"
            );
            confirm(question).await
        })
    }

    fn passphrase<'a>(&'a self, key: &'a Path) -> BoxFuture<'a, Option<Secret>> {
        Box::pin(async move {
            if let Some(stored) = self.stored_passphrase().await {
                return Some(stored);
            }
            let _turn = self.person.as_ref()?.lock().await;
            let _echo = Echo::kept();
            let prompt = format!("Passphrase of {}: ", key.display());
            let typed = spawn_blocking(move || rpassword::prompt_password(prompt)).await;
            typed
                .ok()?
                .ok()
                .map(|typed| Secret::new(typed.into_bytes()))
        })
    }
}

impl Approver for Asker {
    fn is_there(&self) -> bool {
        self.person.is_some()
    }

    fn approves<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            let Some(person) = &self.person else {
                return false;
            };
            let _turn = person.lock().await;
            // The beginning of a long summary has left the screen: the sum stands at its end.
            let (words, sum) = (question.words(), question.effects.count());
            confirm(format!("{words}\nRun it ({sum})?")).await
        })
    }
}

/// Asks a question that only `yes` answers with yes.
async fn confirm(question: String) -> bool {
    let answer = spawn_blocking(move || {
        let mut answer = String::new();
        write!(io::stderr(), "{question} (yes/no) ")?;
        io::stdin().read_line(&mut answer)?;
        Ok::<_, io::Error>(answer)
    });
    matches!(answer.await, Ok(Ok(answer)) if answer.trim().eq_ignore_ascii_case("yes"))
}

/// Gives the terminal its echo back when a question ends, also when it is given up half-way.
struct Echo(Option<rustix::termios::Termios>);

impl Echo {
    fn kept() -> Self {
        Self(rustix::termios::tcgetattr(io::stdin()).ok())
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let now = rustix::termios::OptionalActions::Now;
            // A terminal that is gone needs no echo.
            let _ = rustix::termios::tcsetattr(io::stdin(), now, before);
        }
    }
}
