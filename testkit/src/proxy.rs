//! A TCP proxy on 127.0.0.1 whose connections a test can cut.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Passes bytes on to another port until told otherwise. Dropping it cuts all its connections.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    open: Vec<TcpStream>,
    stalled: bool,
}

impl Proxy {
    /// Starts to listen, for connections to `target` on 127.0.0.1.
    ///
    /// # Panics
    /// When 127.0.0.1 has no free port.
    #[track_caller]
    pub fn start(target: u16) -> Self {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("127.0.0.1 has a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        // It ends with the test process: a listener that nobody connects to holds nothing up.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, target)) {
                    join(client, server, &shared);
                }
            }
        });
        Self { port, state }
    }

    /// Where to connect to.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends all connections, on both sides, as a reset in between would.
    pub fn cut(&self) {
        for stream in lock(&self.state).open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// From now on nothing passes, though the connections stay open: a cable pulled, a machine asleep.
    pub fn stall(&self) {
        lock(&self.state).stalled = true;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.cut();
    }
}

fn join(client: TcpStream, server: TcpStream, state: &Arc<Mutex<State>>) {
    for stream in [&client, &server] {
        let _ = stream.set_nodelay(true);
    }
    for (from, to) in [(&client, &server), (&server, &client)] {
        if let (Ok(from), Ok(to)) = (from.try_clone(), to.try_clone()) {
            let state = state.clone();
            thread::spawn(move || pass(from, to, &state));
        }
    }
    lock(state).open.extend([client, server]);
}

fn pass(mut from: TcpStream, mut to: TcpStream, state: &Mutex<State>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(size @ 1..) = from.read(&mut buffer) {
        if !lock(state).stalled && to.write_all(&buffer[..size]).is_err() {
            break;
        }
    }
    if !lock(state).stalled {
        let _ = to.shutdown(Shutdown::Both);
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
