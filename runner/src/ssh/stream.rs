//! The TCP stream below a connection, without the waits that small packets bring.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// How many reads are acknowledged at once. sshd turns Nagle's algorithm off only when the first session starts, so its
/// answers until then wait for our acknowledgement, which the kernel delays by 40 ms: as many reads as a login takes.
const EAGER_READS: u32 = 64;

/// A TCP stream that acknowledges what it reads at once while the connection is young.
pub(super) struct Eager {
    tcp: TcpStream,
    reads: u32,
}

impl Eager {
    pub(super) fn new(tcp: TcpStream) -> io::Result<Self> {
        tcp.set_nodelay(true)?;
        Ok(Self { tcp, reads: 0 })
    }
}

impl AsyncRead for Eager {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.tcp).poll_read(cx, buf);
        if result.is_ready() && self.reads < EAGER_READS {
            self.reads += 1;
            #[cfg(target_os = "linux")]
            // It only makes things faster: where it fails they are slower.
            let _ = self.tcp.set_quickack(true);
        }
        result
    }
}

impl AsyncWrite for Eager {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}
