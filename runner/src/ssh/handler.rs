//! What the server may ask of us while a connection lives: to trust its key, and nothing else.

use std::sync::{Arc, Mutex, PoisonError};

use russh::client::{DisconnectReason, Handler, Msg, Session};
use russh::keys::{PublicKey, PublicKeyOrCertificate};
use russh::{Channel, client::ChannelOpenHandle};

use super::known_hosts::{Known, Verdict};
use crate::visible::escaped;

/// What a handshake has shown, and why a connection ended; shared with whoever opened it.
#[derive(Default)]
pub(super) struct Seen(Mutex<SeenInner>);

#[derive(Default)]
struct SeenInner {
    key: Option<(PublicKey, Verdict)>,
    end: Option<String>,
}

impl Seen {
    /// The host's key and what our rules say of it, once the handshake came that far.
    pub(super) fn take_key(&self) -> Option<(PublicKey, Verdict)> {
        self.lock().key.take()
    }

    /// Why the connection ended, if it did.
    pub(super) fn end(&self) -> Option<String> {
        self.lock().end.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, SeenInner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Decides on the host's key by what is known of the host, and refuses every channel that the server opens.
pub(super) struct Gate {
    pub(super) known: Known,
    pub(super) seen: Arc<Seen>,
}

impl Handler for Gate {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        key: &PublicKeyOrCertificate,
    ) -> Result<bool, Self::Error> {
        let PublicKeyOrCertificate::PublicKey { key, .. } = key else {
            // We never offer to accept certificates.
            return Ok(false);
        };
        let verdict = self.known.judge(key);
        let known = matches!(verdict, Verdict::Known);
        self.seen.lock().key = Some((key.clone(), verdict));
        Ok(known)
    }

    async fn disconnected(
        &mut self,
        reason: DisconnectReason<Self::Error>,
    ) -> Result<(), Self::Error> {
        let text = match &reason {
            DisconnectReason::ReceivedDisconnect(info) => {
                format!("the host ended it: {}", escaped(info.message.trim()))
            }
            DisconnectReason::Error(russh::Error::KeepaliveTimeout) => {
                "the host stopped answering".to_owned()
            }
            DisconnectReason::Error(russh::Error::HUP) => "the host closed it".to_owned(),
            DisconnectReason::Error(error) => error.to_string(),
        };
        self.seen.lock().end.get_or_insert(text);
        match reason {
            DisconnectReason::ReceivedDisconnect(_) => Ok(()),
            DisconnectReason::Error(error) => Err(error),
        }
    }

    // Dropping the handle refuses the channel. The defaults accept, and we never asked for any.

    async fn server_channel_open_forwarded_tcpip(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: u32,
        _: &str,
        _: u32,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        Ok(())
    }

    async fn server_channel_open_forwarded_streamlocal(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        Ok(())
    }

    async fn server_channel_open_agent_forward(
        &mut self,
        _: Channel<Msg>,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        Ok(())
    }

    async fn server_channel_open_session(
        &mut self,
        _: Channel<Msg>,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        Ok(())
    }

    async fn server_channel_open_direct_tcpip(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: u32,
        _: &str,
        _: u32,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        Ok(())
    }

    async fn server_channel_open_direct_streamlocal(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        Ok(())
    }

    async fn server_channel_open_x11(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: u32,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        Ok(())
    }
}
