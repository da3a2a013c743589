//! One session on a connection as a wire: a shell behind a channel.

use std::sync::Arc;

use russh::client::Msg;
use russh::{Channel, ChannelMsg, ChannelReadHalf, ChannelWriteHalf, Sig};
use tokio::runtime::Handle;

use super::slots::Slot;
use crate::machine::bootstrap::{self, Nonce};
use crate::machine::wire::{self, EventSink, Wire};
use crate::machine::{Ended, Stream};

/// Asks for our shell on a channel that was opened. What comes of it arrives as events.
pub(super) async fn start_shell(
    channel: Channel<Msg>,
    slot: Slot,
    nonce: &Nonce,
) -> Result<Wire, russh::Error> {
    let (read, write) = channel.split();
    let stdin = write.make_writer();
    let guard = Guard {
        write: Arc::new(write),
        slot: Some(slot),
        runtime: Handle::current(),
    };
    guard.write.exec(true, bootstrap::exec_line(nonce)).await?;
    let (sink, events) = wire::channel();
    tokio::spawn(pump(read, sink));
    Ok(Wire {
        events,
        stdin: Some(Box::new(stdin)),
        _guard: Box::new(guard),
    })
}

/// Closes the channel when dropped, which russh does not, and then frees its place.
struct Guard {
    write: Arc<ChannelWriteHalf<Msg>>,
    slot: Option<Slot>,
    runtime: Handle,
}

impl Drop for Guard {
    fn drop(&mut self) {
        let (write, slot) = (self.write.clone(), self.slot.take());
        self.runtime.spawn(async move {
            // It fails where the connection is gone, and the channel with it.
            let _ = write.close().await;
            drop(slot);
        });
    }
}

/// Takes everything off the channel: one that nobody reads would hold up the whole connection.
async fn pump(mut channel: ChannelReadHalf, sink: EventSink) {
    while let Some(message) = channel.wait().await {
        match message {
            ChannelMsg::Data { data } => {
                sink.output(Stream::Stdout, data.to_vec()).await;
            }
            ChannelMsg::ExtendedData { data, ext: 1 } => {
                sink.output(Stream::Stderr, data.to_vec()).await;
            }
            ChannelMsg::ExitStatus { exit_status } => {
                sink.ended(Ended::Exit(i32::try_from(exit_status).unwrap_or(255)));
            }
            ChannelMsg::ExitSignal { signal_name, .. } => {
                sink.ended(Ended::Signal(name(&signal_name)))
            }
            ChannelMsg::Failure => {
                sink.output(
                    Stream::Stderr,
                    b"the server refuses to run commands".to_vec(),
                )
                .await;
                sink.ended(Ended::Exit(255));
                return;
            }
            ChannelMsg::Close => return,
            _ => {}
        }
    }
}

fn name(signal: &Sig) -> String {
    match signal {
        Sig::Custom(name) => name.clone(),
        known => format!("{known:?}"),
    }
}
