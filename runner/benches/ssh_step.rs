//! What a step over SSH costs on loopback, beside a bare exec and OpenSSH with ControlMaster: printed, never failing.
//!
//! `cargo bench -p doppio-runner --bench ssh_step`

#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use runner::hosts::{Host, Hosts, Places};
use runner::machine::{Job, Machine};
use runner::secrets::Secret;
use runner::ssh::{ConnectOptions, Nobody};
use russh::ChannelMsg;
use russh::client::{Config, Handle, Handler, connect_stream};
use russh::keys::{
    PrivateKeyWithHashAlg, PublicKey, PublicKeyOrCertificate, load_public_key, load_secret_key,
};
use testkit::sshd::Sshd;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

const STEPS: u32 = 200;

#[tokio::main]
async fn main() {
    let sshd = Sshd::with("LogLevel ERROR");
    let home = tempfile::tempdir().expect("a home");
    sshd.write_client(home.path(), "bash");
    println!("{:<52} {:>9} {:>9}", "", "median ms", "95 % ms");

    let bare = bare_connection(&sshd).await;
    row(
        "bare russh exec of `true`",
        times(STEPS, async || exec(&bare).await).await,
    );
    let mut cold = Vec::new();
    for _ in 0..10 {
        let started = Instant::now();
        connect(home.path()).await.close().await;
        cold.push(started.elapsed());
    }
    row("connect and log in", cold);
    let machine = connect(home.path()).await;
    let plain = Job {
        script: "true".to_owned(),
        ..Job::default()
    };
    row(
        "a step, `true`",
        times(STEPS, async || run(&machine, &plain).await).await,
    );
    let secret = Secret::new(b"a value of some length".to_vec());
    let job = Job {
        env: vec![("TOKEN".to_owned(), secret)],
        ..plain
    };
    row(
        "a step with a secret, `true`",
        times(STEPS, async || run(&machine, &job).await).await,
    );
    // Back to back, the shell for the next step starts while this one runs; after a pause it is there.
    let mut paused = Vec::new();
    for _ in 0..STEPS / 4 {
        tokio::time::sleep(Duration::from_millis(60)).await;
        paused.extend(times(1, async || run(&machine, &job).await).await);
    }
    row("the same, its shell started ahead", paused);
    let started = Instant::now();
    let all = (0..STEPS).map(|_| run(&machine, &job));
    futures_util::future::join_all(all).await;
    row(
        "a step with a secret, all at once, each",
        vec![started.elapsed() / STEPS],
    );
    control_master(home.path());
}

async fn connect(home: &Path) -> Machine {
    let places = Places {
        home: home.to_owned(),
        hosts_file: home.join("hosts.toml"),
        system_ssh_config: home.join("none"),
        agent: None,
        user: "bash".to_owned(),
        ssh: Some("/usr/bin/ssh".into()),
    };
    let host: Host = Hosts::at(places)
        .and_then(|hosts| hosts.resolve("testbed"))
        .expect("it is configured");
    host.connect(None, &ConnectOptions::new(false, Arc::new(Nobody)))
        .await
        .expect("the server lets us in")
}

async fn run(machine: &Machine, job: &Job) {
    let (sender, mut receiver) = tokio::sync::mpsc::channel(64);
    let run = machine.run(job.clone(), sender, CancellationToken::new());
    let (ended, ()) = tokio::join!(run, async { while receiver.recv().await.is_some() {} });
    ended.expect("it runs");
}

/// Trusts the one key that the server was started with.
struct Only(PublicKey);

impl Handler for Only {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        key: &PublicKeyOrCertificate,
    ) -> Result<bool, russh::Error> {
        Ok(
            matches!(key, PublicKeyOrCertificate::PublicKey { key, .. } if key.key_data() == self.0.key_data()),
        )
    }
}

async fn bare_connection(sshd: &Sshd) -> Handle<Only> {
    let tcp = TcpStream::connect(("127.0.0.1", sshd.port()))
        .await
        .expect("it listens");
    tcp.set_nodelay(true).expect("a TCP stream");
    let host = load_public_key(sshd.path("host_ed25519.pub")).expect("the host's key");
    let config = Arc::new(Config {
        nodelay: true,
        ..Config::default()
    });
    let mut handle = connect_stream(config, tcp, Only(host))
        .await
        .expect("it is the server");
    let key = Arc::new(load_secret_key(sshd.path("client"), None).expect("the client's key"));
    let login = handle
        .authenticate_publickey("bash", PrivateKeyWithHashAlg::new(key, None))
        .await;
    assert!(
        login.is_ok_and(|result| result.success()),
        "the server lets us in"
    );
    handle
}

async fn exec(handle: &Handle<Only>) {
    let mut channel = handle.channel_open_session().await.expect("a session");
    channel.exec(true, "true").await.expect("it executes");
    while let Some(message) = channel.wait().await {
        if matches!(message, ChannelMsg::Close) {
            break;
        }
    }
    channel.close().await.expect("the connection lives");
}

fn control_master(home: &Path) {
    let ssh = |arguments: &[&str]| {
        let mut command = Command::new("ssh");
        command
            .arg("-F")
            .arg(home.join(".ssh/config"))
            .arg("-o")
            .arg(format!("ControlPath={}/c", home.display()));
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        assert!(
            command.status().is_ok_and(|status| status.success()),
            "ssh {arguments:?}"
        );
    };
    ssh(&[
        "-o",
        "ControlMaster=yes",
        "-o",
        "ControlPersist=yes",
        "-fN",
        "testbed",
    ]);
    let measured = (0..STEPS).map(|_| {
        let started = Instant::now();
        ssh(&["testbed", "true"]);
        started.elapsed()
    });
    row("OpenSSH with ControlMaster, `true`", measured.collect());
    ssh(&["-O", "exit", "testbed"]);
}

async fn times(count: u32, mut step: impl AsyncFnMut()) -> Vec<Duration> {
    let mut measured = Vec::new();
    for _ in 0..count {
        let started = Instant::now();
        step().await;
        measured.push(started.elapsed());
    }
    measured
}

fn row(what: &str, mut measured: Vec<Duration>) {
    measured.sort();
    let at =
        |part: f64| measured[((measured.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    println!("{what:<52} {:>9.2} {:>9.2}", at(0.5), at(0.95));
}
