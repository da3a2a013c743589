//! Opening a connection: through jumps, past the host key, to a login.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::future::{BoxFuture, ready};
use russh::client::{self, Config, Handle};
use russh::keys::{Algorithm, EcdsaCurve, HashAlg, PublicKey};
use russh::{cipher, compression};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Duration, timeout};

use super::auth::{self, KeyCache};
use super::error::{ConnectError, HostKeyProblem, OfferedKey};
use super::handler::{Gate, Seen};
use super::known_hosts::{Known, Verdict, lookup_name, record};
use super::machine::SshMachine;
use super::stream::Eager;
use crate::hosts::Destination;
use crate::secrets::Secret;

/// Who can be asked while a connection is opened. The defaults are those of nobody.
pub trait Answers: Send + Sync {
    /// Whether to trust a host that has never been seen, and to remember its key.
    fn trust<'a>(&'a self, key: &'a OfferedKey) -> BoxFuture<'a, bool> {
        let _ = key;
        Box::pin(ready(false))
    }

    /// The passphrase of a private key that the host would accept.
    fn passphrase<'a>(&'a self, key: &'a Path) -> BoxFuture<'a, Option<Secret>> {
        let _ = key;
        Box::pin(ready(None))
    }
}

/// Answers nothing: where no terminal is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nobody;

impl Answers for Nobody {}

/// How to deal with what comes up while connecting. Clones share the keys that were decrypted.
#[derive(Clone)]
pub struct ConnectOptions {
    /// Trust, and remember, the key of a host that has never been seen.
    pub accept_new: bool,
    /// Who is asked.
    pub answers: Arc<dyn Answers>,
    /// How long a host may say nothing before it is asked whether it is still there. After three questions without an
    /// answer the connection counts as lost.
    pub keepalive: Duration,
    keys: Arc<KeyCache>,
}

impl ConnectOptions {
    /// Options for one run.
    pub fn new(accept_new: bool, answers: Arc<dyn Answers>) -> Self {
        Self {
            accept_new,
            answers,
            keepalive: Duration::from_secs(15),
            keys: Arc::default(),
        }
    }
}

/// Connects and logs in.
///
/// # Errors
/// When the host cannot be reached, is not who it should be, or refuses the login.
pub async fn connect(
    destination: &Destination,
    options: &ConnectOptions,
) -> Result<SshMachine, ConnectError> {
    let mut link = None;
    for jump in &destination.jumps {
        let on_the_way = |problem| ConnectError::Jump {
            host: destination.id.clone(),
            problem: Box::new(problem),
        };
        link = Some(open(jump, link, options).await.map_err(on_the_way)?);
    }
    let link = open(destination, link, options).await?;
    Ok(SshMachine::new(link, destination))
}

/// A connection that is logged in, and the one it goes through.
pub(super) struct Link {
    pub(super) handle: Handle<Gate>,
    pub(super) seen: Arc<Seen>,
    /// Kept open as long as this one.
    _through: Option<Arc<Link>>,
}

async fn open(
    to: &Destination,
    through: Option<Arc<Link>>,
    options: &ConnectOptions,
) -> Result<Arc<Link>, ConnectError> {
    let (mut handle, seen) = match handshake(to, through.as_deref(), options).await {
        Err(Failed::UnknownKey(key, offered)) => {
            if !options.accept_new && !options.answers.trust(&offered).await {
                return Err(unknown(offered));
            }
            remember(to, &key)?;
            // The second connection must show the key that was trusted in the first.
            handshake(to, through.as_deref(), options)
                .await
                .map_err(Failed::into_error)?
        }
        other => other.map_err(Failed::into_error)?,
    };
    auth::log_in(&mut handle, to, &*options.answers, &options.keys).await?;
    Ok(Arc::new(Link {
        handle,
        seen,
        _through: through,
    }))
}

enum Failed {
    UnknownKey(PublicKey, OfferedKey),
    Error(ConnectError),
}

impl Failed {
    fn into_error(self) -> ConnectError {
        match self {
            Failed::UnknownKey(_, offered) => unknown(offered),
            Failed::Error(error) => error,
        }
    }
}

async fn handshake(
    to: &Destination,
    through: Option<&Link>,
    options: &ConnectOptions,
) -> Result<(Handle<Gate>, Arc<Seen>), Failed> {
    let stream = reach(to, through).await.map_err(Failed::Error)?;
    let name = lookup_name(&to.hostname, to.port, to.host_key_alias.as_deref());
    let files: Vec<PathBuf> = to
        .known_hosts
        .iter()
        .chain(&to.global_known_hosts)
        .cloned()
        .collect();
    let known = Known::load(&files, &name);
    let seen = Arc::new(Seen::default());
    let config = Arc::new(config(&known, options));
    let gate = Gate {
        known,
        seen: seen.clone(),
    };
    let connecting = timeout(
        to.connect_timeout,
        client::connect_stream(config, stream, gate),
    )
    .await;
    let failed = |detail: String| {
        Failed::Error(ConnectError::Handshake {
            host: to.hostname.clone(),
            port: to.port,
            detail,
        })
    };
    let result = match connecting {
        Err(_) => {
            return Err(failed(format!(
                "nothing that speaks SSH answered within {:?}",
                to.connect_timeout
            )));
        }
        Ok(result) => result,
    };
    match (result, seen.take_key()) {
        (Ok(handle), _) => Ok((handle, seen)),
        (Err(_), Some((key, verdict))) if verdict != Verdict::Known => {
            Err(judged(to, name, key, verdict))
        }
        (Err(error), _) => Err(failed(seen.end().unwrap_or_else(|| error.to_string()))),
    }
}

/// A stream to the host's SSH port.
async fn reach(to: &Destination, through: Option<&Link>) -> Result<Box<dyn Stream>, ConnectError> {
    let unreachable = |detail: String| ConnectError::Unreachable {
        host: to.hostname.clone(),
        port: to.port,
        detail,
    };
    if let Some(link) = through {
        let opening =
            link.handle
                .channel_open_direct_tcpip(&*to.hostname, to.port.into(), "127.0.0.1", 0);
        let channel = timeout(to.connect_timeout, opening).await;
        let channel =
            channel.map_err(|_| unreachable("the host on the way did not answer".to_owned()))?;
        let channel =
            channel.map_err(|error| unreachable(format!("the host on the way says: {error}")))?;
        return Ok(Box::new(channel.into_stream()));
    }
    let addresses = lookup_host((&*to.hostname, to.port))
        .await
        .map_err(|error| ConnectError::UnknownHost {
            host: to.hostname.clone(),
            detail: error.to_string(),
            similar: to.similar.clone(),
        })?;
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in addresses {
        match timeout(to.connect_timeout, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => {
                let stream = Eager::new(tcp).map_err(|error| unreachable(error.to_string()))?;
                return Ok(Box::new(stream));
            }
            Ok(Err(error)) => last = error,
            Err(_) => {
                last = io::Error::new(
                    io::ErrorKind::TimedOut,
                    format!("no answer within {:?}", to.connect_timeout),
                )
            }
        }
    }
    Err(unreachable(last.to_string()))
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

fn config(known: &Known, options: &ConnectOptions) -> Config {
    let mut config = Config {
        nodelay: true,
        // Large enough for a long line: what arrives is bounded by window ÷ round trip.
        window_size: 16 << 20,
        channel_buffer_size: 256,
        keepalive_interval: Some(options.keepalive),
        keepalive_max: 3,
        ..Config::default()
    };
    let preferred = &mut config.preferred;
    preferred.key = key_types(known).into();
    preferred.cipher = vec![
        cipher::AES_128_GCM,
        cipher::AES_256_GCM,
        cipher::CHACHA20_POLY1305,
        cipher::AES_256_CTR,
    ]
    .into();
    preferred.compression = vec![compression::NONE].into();
    config
}

/// Types of host keys, those that are known of this host first, as OpenSSH orders them. RSA only with SHA-2.
fn key_types(known: &Known) -> Vec<Algorithm> {
    let mut types = vec![
        Algorithm::Ed25519,
        Algorithm::Ecdsa {
            curve: EcdsaCurve::NistP256,
        },
        Algorithm::Ecdsa {
            curve: EcdsaCurve::NistP384,
        },
        Algorithm::Ecdsa {
            curve: EcdsaCurve::NistP521,
        },
        Algorithm::Rsa {
            hash: Some(HashAlg::Sha512),
        },
        Algorithm::Rsa {
            hash: Some(HashAlg::Sha256),
        },
    ];
    types.sort_by_key(|algorithm| !known.has_type(algorithm));
    types
}

fn judged(to: &Destination, name: String, key: PublicKey, verdict: Verdict) -> Failed {
    let offered = OfferedKey {
        host: to.id.clone(),
        name,
        key_type: key.algorithm().as_str().to_owned(),
        fingerprint: key.fingerprint(HashAlg::Sha256).to_string(),
        only_authority: matches!(verdict, Verdict::Unknown(Some(_))),
    };
    let problem = match verdict {
        Verdict::Known | Verdict::Unknown(_) => return Failed::UnknownKey(key, offered),
        Verdict::Changed(at) => HostKeyProblem::Changed {
            key: offered,
            file: at.file,
            line: at.line,
        },
        Verdict::Revoked(at) => HostKeyProblem::Revoked {
            key: offered,
            file: at.file,
            line: at.line,
        },
        Verdict::OtherTypeKnown(at) => HostKeyProblem::OtherTypeKnown {
            key: offered,
            file: at.file,
            line: at.line,
        },
    };
    Failed::Error(ConnectError::HostKey(Box::new(problem)))
}

fn unknown(offered: OfferedKey) -> ConnectError {
    ConnectError::HostKey(Box::new(HostKeyProblem::Unknown(offered)))
}

fn remember(to: &Destination, key: &PublicKey) -> Result<(), ConnectError> {
    let name = lookup_name(&to.hostname, to.port, to.host_key_alias.as_deref());
    let file = to.known_hosts.first().cloned().unwrap_or_default();
    record(&file, &name, key, to.hash_known_hosts).map_err(|error| ConnectError::KnownHosts {
        host: to.hostname.clone(),
        file,
        detail: error.to_string(),
    })
}
