//! Logging in: keys of the agent first, then identity files. A passphrase is asked for only when the host has said that
//! it would accept the key.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use russh::client::{AuthResult, Handle};
use russh::keys::agent::AgentIdentity;
use russh::keys::agent::client::AgentClient;
use russh::keys::{self, HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKey};
use russh::{MethodKind, SendError, Signer};
use tokio::net::UnixStream;
use zeroize::Zeroizing;

use super::connect::Answers;
use super::error::ConnectError;
use super::handler::Gate;
use crate::hosts::Destination;

/// Private keys that were decrypted, by file: deriving one takes a tenth of a second and an answer.
#[derive(Default)]
pub(super) struct KeyCache(Mutex<HashMap<PathBuf, Arc<PrivateKey>>>);

/// Tries one key after the other.
pub(super) async fn log_in(
    handle: &mut Handle<Gate>,
    to: &Destination,
    answers: &dyn Answers,
    keys: &KeyCache,
) -> Result<(), ConnectError> {
    let mut attempt = Attempt {
        handle,
        to,
        tried: Vec::new(),
        rsa_hash: None,
        methods: None,
    };
    if attempt.agent().await || attempt.files(answers, keys).await? {
        return Ok(());
    }
    Err(ConnectError::LoginRefused {
        host: to.hostname.clone(),
        user: to.user.clone(),
        hint: attempt.hint(),
        tried: attempt.tried,
    })
}

struct Attempt<'a> {
    handle: &'a mut Handle<Gate>,
    to: &'a Destination,
    tried: Vec<String>,
    /// How RSA keys sign here; `Some(None)` where only with SHA-1, which we do not.
    rsa_hash: Option<Option<HashAlg>>,
    /// What the host said last that it would accept.
    methods: Option<Vec<String>>,
}

impl Attempt<'_> {
    /// Whether a key of the agent was accepted.
    async fn agent(&mut self) -> bool {
        let Some(socket) = &self.to.agent else {
            self.tried
                .push("no agent (SSH_AUTH_SOCK is not set)".to_owned());
            return false;
        };
        let shown = socket.display().to_string();
        let Ok(mut agent) = AgentClient::connect_uds(socket).await else {
            self.tried
                .push(format!("agent at {shown}: it does not answer"));
            return false;
        };
        let Ok(identities) = agent.request_identities().await else {
            self.tried
                .push(format!("agent at {shown}: it lists no keys; is it locked?"));
            return false;
        };
        let configured: Vec<PublicKey> = self
            .to
            .identity_files
            .iter()
            .filter_map(|file| public_half(file))
            .collect();
        let is_configured = |identity: &AgentIdentity| {
            configured
                .iter()
                .any(|key| key.key_data() == identity.public_key().key_data())
        };
        let (first, rest): (Vec<_>, Vec<_>) = identities.into_iter().partition(is_configured);
        let rest = if self.to.identities_only {
            Vec::new()
        } else {
            rest
        };
        if first.is_empty() && rest.is_empty() {
            self.tried.push(format!("agent at {shown}: no usable key"));
        }
        for identity in first.into_iter().chain(rest) {
            if self.handle.is_closed() {
                break;
            }
            if self.agent_key(&mut agent, &identity).await {
                return true;
            }
        }
        false
    }

    async fn agent_key(
        &mut self,
        agent: &mut AgentClient<UnixStream>,
        identity: &AgentIdentity,
    ) -> bool {
        let key = identity.public_key().into_owned();
        let label = format!("agent key {} ({})", comment(identity), key.algorithm());
        let Some(hash) = self.hash_for(&key).await else {
            self.tried
                .push(format!("{label}: the host wants SHA-1 signatures"));
            return false;
        };
        let user = self.to.user.clone();
        let result = match identity {
            AgentIdentity::PublicKey { key, .. } => {
                self.handle
                    .authenticate_publickey_with(user, key.clone(), hash, agent)
                    .await
            }
            AgentIdentity::Certificate { certificate, .. } => {
                self.handle
                    .authenticate_certificate_with(user, certificate.clone(), hash, agent)
                    .await
            }
        };
        match result {
            Ok(result) => self.noted(label, result),
            Err(error) => {
                self.tried
                    .push(format!("{label}: the agent did not sign ({error})"));
                false
            }
        }
    }

    /// Whether one of the identity files was accepted.
    async fn files(
        &mut self,
        answers: &dyn Answers,
        keys: &KeyCache,
    ) -> Result<bool, ConnectError> {
        for file in &self.to.identity_files {
            if self.handle.is_closed() {
                break;
            }
            let shown = file.display();
            let Ok(text) = tokio::fs::read_to_string(file).await.map(Zeroizing::new) else {
                self.tried.push(format!("{shown}: cannot be read"));
                continue;
            };
            let key = match keys.get(file) {
                Some(key) => key,
                None => match decode(&text, None).await {
                    Ok(key) => Arc::new(key),
                    Err(keys::Error::KeyIsEncrypted) => {
                        match self.encrypted(file, text, answers).await? {
                            Some(key) => keys.put(file, key),
                            None => continue,
                        }
                    }
                    Err(error) => {
                        self.tried.push(format!("{shown}: {error}"));
                        continue;
                    }
                },
            };
            if self.file_key(file, key).await {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn file_key(&mut self, file: &Path, key: Arc<PrivateKey>) -> bool {
        let label = format!("{} ({})", file.display(), key.algorithm());
        let Some(hash) = self.hash_for(key.public_key()).await else {
            self.tried
                .push(format!("{label}: the host wants SHA-1 signatures"));
            return false;
        };
        let key = PrivateKeyWithHashAlg::new(key, hash);
        match self
            .handle
            .authenticate_publickey(self.to.user.clone(), key)
            .await
        {
            Ok(result) => self.noted(label, result),
            Err(error) => {
                self.tried.push(format!("{label}: {error}"));
                false
            }
        }
    }

    /// Decrypts a key, if the host would accept it.
    async fn encrypted(
        &mut self,
        file: &Path,
        text: Zeroizing<String>,
        answers: &dyn Answers,
    ) -> Result<Option<PrivateKey>, ConnectError> {
        if let Some(public) = public_half(file)
            && !self.would_accept(&public).await
        {
            self.tried
                .push(format!("{} (encrypted): refused", file.display()));
            return Ok(None);
        }
        let Some(passphrase) = answers.passphrase(file).await else {
            return Err(ConnectError::PassphraseNeeded {
                key: file.to_owned(),
            });
        };
        match decode(&text, Some(passphrase.expose())).await {
            Ok(key) => Ok(Some(key)),
            Err(_) => {
                self.tried
                    .push(format!("{}: the passphrase is wrong", file.display()));
                Ok(None)
            }
        }
    }

    /// Asks the host about a key without signing anything.
    async fn would_accept(&mut self, key: &PublicKey) -> bool {
        let Some(hash) = self.hash_for(key).await else {
            return false;
        };
        let mut probe = Probe(false);
        let user = self.to.user.clone();
        // The answer is in the probe: being asked for a signature means that the key is welcome.
        let _ = self
            .handle
            .authenticate_publickey_with(user, key.clone(), hash, &mut probe)
            .await;
        probe.0
    }

    /// The hash to sign with: none for anything but RSA. `None` where it could only be SHA-1.
    async fn hash_for(&mut self, key: &PublicKey) -> Option<Option<HashAlg>> {
        if !key.algorithm().is_rsa() {
            return Some(None);
        }
        let hash = match self.rsa_hash {
            Some(hash) => hash,
            None => match self.handle.best_supported_rsa_hash().await {
                Ok(Some(best)) => best,
                // A host that does not say takes SHA-2 as a rule.
                _ => Some(HashAlg::Sha512),
            },
        };
        self.rsa_hash = Some(hash);
        hash.map(Some)
    }

    fn noted(&mut self, label: String, result: AuthResult) -> bool {
        match result {
            AuthResult::Success => true,
            AuthResult::Failure {
                remaining_methods,
                partial_success,
            } => {
                let outcome = if partial_success {
                    "accepted, but the host wants a second factor"
                } else {
                    "refused"
                };
                self.tried.push(format!("{label}: {outcome}"));
                self.methods = Some(
                    remaining_methods
                        .iter()
                        .map(|method| <&str>::from(method).to_owned())
                        .collect(),
                );
                false
            }
        }
    }

    fn hint(&self) -> String {
        if self.handle.is_closed() {
            return "The host ended the attempt; too many keys may have been offered: name the right one with `IdentityFile` and \
                    `IdentitiesOnly yes` in ~/.ssh/config, or `identity_file` in hosts.toml"
                .to_owned();
        }
        let password = <&str>::from(&MethodKind::Password);
        let keyboard = <&str>::from(&MethodKind::KeyboardInteractive);
        let with_password = self
            .methods
            .iter()
            .flatten()
            .any(|method| method == password || method == keyboard);
        let add = "Add your public key to ~/.ssh/authorized_keys there (`ssh-copy-id`), or name the right key with `identity_file` in hosts.toml";
        if with_password {
            format!("{add}. The host would take a password, which Doppio does not do")
        } else {
            add.to_owned()
        }
    }
}

impl KeyCache {
    fn get(&self, file: &Path) -> Option<Arc<PrivateKey>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(file)
            .cloned()
    }

    fn put(&self, file: &Path, key: PrivateKey) -> Arc<PrivateKey> {
        let key = Arc::new(key);
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(file.to_owned(), key.clone());
        key
    }
}

/// Signs nothing, and notes that a signature was wanted.
struct Probe(bool);

/// What the probe ends its attempt with.
struct NotSigned;

impl From<SendError> for NotSigned {
    fn from(_: SendError) -> Self {
        NotSigned
    }
}

impl Signer for Probe {
    type Error = NotSigned;

    async fn auth_sign(
        &mut self,
        _: &AgentIdentity,
        _: Option<HashAlg>,
        _: Vec<u8>,
    ) -> Result<Vec<u8>, NotSigned> {
        self.0 = true;
        Err(NotSigned)
    }
}

/// Deriving the key from a passphrase is slow on purpose: off the threads that serve connections.
async fn decode(
    text: &Zeroizing<String>,
    passphrase: Option<&[u8]>,
) -> Result<PrivateKey, keys::Error> {
    let text = text.clone();
    let passphrase = match passphrase
        .map(|bytes| std::str::from_utf8(bytes).map(|text| Zeroizing::new(text.to_owned())))
    {
        None => None,
        Some(Ok(text)) => Some(text),
        Some(Err(_)) => return Err(keys::Error::KeyIsCorrupt),
    };
    let decoding = tokio::task::spawn_blocking(move || {
        keys::decode_secret_key(&text, passphrase.as_deref().map(String::as_str))
    });
    decoding.await.unwrap_or(Err(keys::Error::CouldNotReadKey))
}

/// The public key beside a private one, or inside it, where OpenSSH's own format has it unencrypted.
fn public_half(file: &Path) -> Option<PublicKey> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".pub");
    keys::load_public_key(&beside).ok().or_else(|| {
        let text = Zeroizing::new(std::fs::read_to_string(file).ok()?);
        Some(
            PrivateKey::from_openssh(text.as_str())
                .ok()?
                .public_key()
                .clone(),
        )
    })
}

fn comment(identity: &AgentIdentity) -> String {
    let (AgentIdentity::PublicKey { comment, .. } | AgentIdentity::Certificate { comment, .. }) =
        identity;
    format!("`{}`", comment.escape_default())
}
