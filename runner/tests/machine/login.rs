//! Getting in: host keys, keys of the user, the way there.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use runner::hosts::Host;
use runner::machine::Ended;
use runner::ssh::{ConnectError, ConnectOptions, HostKeyProblem};
use testkit::proxy::Proxy;
use testkit::sshd::Sshd;
use testkit::{ProcessGroup, wait_until};

use crate::client::{Client, Helpful, nobody};
use crate::support::{job, ran};

#[tokio::test]
async fn an_unknown_host_is_refused_asked_about_or_recorded() {
    let sshd = Sshd::start();
    let client = Client::of(&sshd, "bash");
    let known_hosts = client.ssh_file("known_hosts");
    fs::remove_file(&known_hosts).unwrap();

    let error = client.try_connect("testbed", &nobody()).await.unwrap_err();
    let key = error.unknown_key().expect("the key is shown").clone();
    assert_eq!(
        (key.key_type.as_str(), key.host.as_str()),
        ("ssh-ed25519", "testbed")
    );
    let shown = Command::new("ssh-keygen")
        .arg("-lf")
        .arg(sshd.path("host_ed25519.pub"))
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&shown.stdout).contains(&key.fingerprint));
    let json = serde_json::to_value(&error).unwrap();
    assert_eq!(
        (&json["reason"], &json["problem"]),
        (&"host_key".into(), &"unknown".into()),
        "{json}"
    );
    assert!(!known_hosts.exists());

    // Somebody who says yes; then everybody is let in.
    let asked = ConnectOptions::new(false, Helpful::with(""));
    client.try_connect("testbed", &asked).await.unwrap();
    assert_eq!(
        fs::metadata(&known_hosts).unwrap().permissions().mode() & 0o777,
        0o600
    );
    client.try_connect("testbed", &nobody()).await.unwrap();

    fs::remove_file(&known_hosts).unwrap();
    client
        .try_connect(
            "testbed",
            &ConnectOptions::new(true, Arc::new(runner::ssh::Nobody)),
        )
        .await
        .unwrap();
    let text = fs::read_to_string(&known_hosts).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[tokio::test]
async fn changed_revoked_and_other_keys_are_refused_whatever_anybody_says() {
    let sshd = Sshd::start();
    let client = Client::of(&sshd, "bash");
    let yes = ConnectOptions::new(true, Helpful::with(""));
    sshd.generate("other", "ed25519", "");
    sshd.generate("rsa", "rsa", "");
    let line = |name: &str| {
        let key = fs::read_to_string(sshd.path(&format!("{name}.pub"))).unwrap();
        format!("[127.0.0.1]:{} {key}", sshd.port())
    };
    for (content, expected) in [
        (format!("# one\n{}", line("other")), "changed"),
        (
            format!(
                "# one\n@revoked {}{}",
                line("host_ed25519"),
                line("host_ed25519")
            ),
            "revoked",
        ),
        (format!("# one\n{}", line("rsa")), "other_type_known"),
    ] {
        let before = content.clone();
        fs::write(client.ssh_file("known_hosts"), content).unwrap();
        let error = client.try_connect("testbed", &yes).await.unwrap_err();
        assert!(
            matches!(error, ConnectError::HostKey(_)) && error.unknown_key().is_none(),
            "{error}"
        );
        let json = serde_json::to_value(&error).unwrap();
        assert_eq!(
            (&json["problem"], &json["line"]),
            (&expected.into(), &2.into()),
            "{json}"
        );
        assert!(error.to_string().contains("line 2"), "{error}");
        assert_eq!(
            fs::read_to_string(client.ssh_file("known_hosts")).unwrap(),
            before
        );
    }
}

#[tokio::test]
async fn a_host_known_by_its_rsa_key_shows_that_key() {
    let sshd = Sshd::start();
    sshd.generate("host_rsa", "rsa", "");
    let both = Sshd::with(&format!("HostKey {}", sshd.path("host_rsa").display()));
    let client = Client::of(&both, "bash");
    let key = fs::read_to_string(sshd.path("host_rsa.pub")).unwrap();
    fs::write(
        client.ssh_file("known_hosts"),
        format!("[127.0.0.1]:{} {key}", both.port()),
    )
    .unwrap();
    client.connect().await;
}

#[tokio::test]
async fn an_encrypted_key_is_asked_for_once_and_only_if_it_is_welcome() {
    let sshd = Sshd::start();
    sshd.generate("locked", "ed25519", "open sesame");
    sshd.generate("useless", "ed25519", "whatever");
    sshd.authorize("locked");
    let client = Client::of(&sshd, "bash");
    for name in ["locked", "useless"] {
        fs::copy(sshd.path(name), client.ssh_file(name)).unwrap();
    }
    let config = client.ssh_file("config");
    let text = fs::read_to_string(&config).unwrap();
    let text = text.replace("id_ed25519", "useless")
        + &format!("  IdentityFile {}\n", client.ssh_file("locked").display());
    fs::write(&config, text).unwrap();

    let error = client.try_connect("testbed", &nobody()).await.unwrap_err();
    assert!(
        matches!(&error, ConnectError::PassphraseNeeded { key } if key.ends_with("locked")),
        "{error}"
    );

    let wrong = ConnectOptions::new(false, Helpful::with("wrong"));
    let error = client.try_connect("testbed", &wrong).await.unwrap_err();
    assert!(
        error.to_string().contains("the passphrase is wrong"),
        "{error}"
    );

    let helpful = Helpful::with("open sesame");
    let options = ConnectOptions::new(false, helpful.clone());
    let machine = client.try_connect("testbed", &options).await.unwrap();
    assert_eq!(ran(&machine, job("true")).await.ended, Ended::Exit(0));
    client.try_connect("testbed", &options).await.unwrap();
    assert_eq!(helpful.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn rsa_and_ecdsa_keys_log_in() {
    let sshd = Sshd::start();
    for kind in ["rsa", "ecdsa"] {
        sshd.generate(kind, kind, "");
        sshd.authorize(kind);
        let client = Client::of(&sshd, "bash");
        fs::copy(sshd.path(kind), client.ssh_file("id_ed25519")).unwrap();
        fs::remove_file(client.ssh_file("id_ed25519.pub")).unwrap();
        client.connect().await;
    }
}

#[tokio::test]
async fn a_key_of_the_agent_logs_in() {
    let sshd = Sshd::start();
    let mut client = Client::of(&sshd, "bash");
    let socket = client.home().join("agent");
    let _agent = ProcessGroup::spawn(Command::new("ssh-agent").arg("-D").arg("-a").arg(&socket));
    wait_until(Duration::from_secs(10), "the agent", || socket.exists());
    let add = |name: &str| {
        let added = Command::new("ssh-add")
            .arg("-q")
            .arg(sshd.path(name))
            .env("SSH_AUTH_SOCK", &socket)
            .status();
        assert!(added.unwrap().success());
    };
    for name in ["stranger", "rsa"] {
        sshd.generate(name, if name == "rsa" { "rsa" } else { "ed25519" }, "");
        add(name);
    }
    sshd.authorize("rsa");
    client.agent = Some(socket.clone());
    client.connect().await;

    // With IdentitiesOnly the agent's other keys are not offered.
    let config = client.ssh_file("config");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{text}  IdentitiesOnly yes\n")).unwrap();
    let error = client
        .try_connect("testbed", &nobody())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("no usable key") && error.contains("refused") && !error.contains("stranger"),
        "{error}"
    );
    // Unless they are configured: then the agent signs for a key whose private half is not even here.
    fs::copy(sshd.path("rsa.pub"), client.ssh_file("id_ed25519.pub")).unwrap();
    fs::remove_file(client.ssh_file("id_ed25519")).unwrap();
    client.connect().await;
}

#[tokio::test]
async fn a_refused_login_says_what_was_tried() {
    let sshd = Sshd::start();
    sshd.generate("stranger", "ed25519", "");
    sshd.authorize("stranger");
    let client = Client::of(&sshd, "bash");
    let error = client.try_connect("testbed", &nobody()).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("bash@127.0.0.1 refused the login. Tried: no agent"),
        "{text}"
    );
    assert!(
        text.contains("id_ed25519 (ssh-ed25519): refused") && text.contains("ssh-copy-id"),
        "{text}"
    );
    assert_eq!(
        serde_json::to_value(&error).unwrap()["reason"],
        "login_refused"
    );
}

#[tokio::test]
async fn a_jump_is_taken_with_the_same_rules() {
    let sshd = Sshd::start();
    let proxy = Proxy::start(sshd.port());
    let client = Client::of(&sshd, "bash");
    let config = client.ssh_file("config");
    let text = fs::read_to_string(&config).unwrap();
    let behind = text
        .replace("testbed", "behind")
        .replace(&sshd.port().to_string(), &proxy.port().to_string());
    fs::write(&config, format!("{text}\n{behind}  ProxyJump testbed\n")).unwrap();

    let error = client.try_connect("behind", &nobody()).await.unwrap_err();
    assert_eq!(
        error
            .unknown_key()
            .expect("the host behind is not known")
            .host,
        "behind"
    );
    let known = fs::read_to_string(client.ssh_file("known_hosts")).unwrap();
    fs::write(
        client.ssh_file("known_hosts"),
        sshd.known_hosts(proxy.port()),
    )
    .unwrap();
    let error = client.try_connect("behind", &nobody()).await.unwrap_err();
    assert!(matches!(error, ConnectError::Jump { .. }), "{error}");
    fs::write(
        client.ssh_file("known_hosts"),
        known + &sshd.known_hosts(proxy.port()),
    )
    .unwrap();
    let machine = client.try_connect("behind", &nobody()).await.unwrap();
    assert_eq!(ran(&machine, job("echo there")).await.stdout(), "there\n");
}

#[tokio::test]
async fn what_cannot_be_reached_says_why() {
    let sshd = Sshd::start();
    let client = Client::of(&sshd, "bash");
    let reason = async |id: &str| {
        let error = client.try_connect(id, &nobody()).await.unwrap_err();
        (
            serde_json::to_value(&error).unwrap()["reason"]
                .as_str()
                .unwrap()
                .to_owned(),
            error.to_string(),
        )
    };
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let (code, text) = reason(&format!("127.0.0.1:{free}")).await;
    assert_eq!(code, "unreachable", "{text}");
    let (code, text) = reason("testbad").await;
    assert_eq!(code, "unknown_host", "{text}");
    assert!(text.contains("did you mean `testbed`?"), "{text}");
    // Something that is no SSH server.
    let web = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = web.local_addr().unwrap().port();
    std::thread::spawn(move || {
        use std::io::Write;
        for mut stream in web.incoming().flatten() {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let (code, text) = reason(&format!("127.0.0.1:{port}")).await;
    assert_eq!(code, "handshake", "{text}");
}

#[tokio::test]
async fn hosts_toml_wins_over_the_ssh_configuration() {
    let sshd = Sshd::start();
    let client = Client::of(&sshd, "bash");
    fs::copy(sshd.path("client"), client.home().join("my key")).unwrap();
    fs::write(
        client.ssh_file("config"),
        "Host *\n  User nobody\n  Port 1\n  IdentityFile /none\n",
    )
    .unwrap();
    fs::write(
        client.home().join("hosts.toml"),
        format!("[hosts.testbed]\nhostname = \"127.0.0.1\"\nport = {}\nuser = \"zsh\"\nidentity_file = \"~/my key\"\n", sshd.port()),
    )
    .unwrap();
    // `ssh -G` prints `~/.ssh/known_hosts` for want of a setting; the home it means is this client's.
    let machine = client.connect().await;
    assert!(
        ran(&machine, job("pwd"))
            .await
            .stdout()
            .contains("homes/zsh")
    );
    assert_eq!(client.hosts().resolve("local").unwrap(), Host::Local);
}

#[tokio::test]
async fn a_configuration_that_cannot_be_followed_is_refused() {
    let sshd = Sshd::start();
    let mut client = Client::of(&sshd, "bash");
    for ssh in [client.ssh.clone(), None] {
        client.ssh = ssh;
        fs::write(
            client.ssh_file("config"),
            "Host a\n  ProxyCommand nc %h %p\nHost b\n  HostName %h.example\nHost r\n  RevokedHostKeys /etc/revoked\n",
        )
        .unwrap();
        let error = client.hosts().resolve("a").unwrap_err().to_string();
        assert!(
            error.contains("ProxyCommand `nc %h %p`") && error.contains("ProxyJump"),
            "{error}"
        );
        let error = client.hosts().resolve("r").unwrap_err().to_string();
        assert!(
            error.contains("RevokedHostKeys") && error.contains("@revoked"),
            "{error}"
        );
        let Host::Remote(b) = client.hosts().resolve("b").unwrap() else {
            panic!("b is no local host")
        };
        assert_eq!(
            (b.hostname.as_str(), b.port, b.user.is_empty()),
            ("b.example", 22, false)
        );
    }
    fs::write(
        client.ssh_file("config"),
        "Match host c exec true\n  Port 1\n",
    )
    .unwrap();
    let error = client.hosts().resolve("c").unwrap_err().to_string();
    assert!(
        error.contains("`Match` in") && error.contains("install OpenSSH"),
        "{error}"
    );
    client.ssh = Some("/usr/bin/ssh".into());
    let Host::Remote(c) = client.hosts().resolve("c").unwrap() else {
        panic!("c is no local host")
    };
    assert_eq!(c.port, 1);
    fs::write(client.ssh_file("config"), "Prot 5\n").unwrap();
    let error = client.hosts().resolve("c").unwrap_err().to_string();
    assert!(error.to_lowercase().contains("prot"), "{error}");
}

#[test]
fn host_key_problems_are_errors_with_a_place() {
    let key = runner::ssh::OfferedKey {
        host: "gpu-1".into(),
        name: "[10.0.0.1]:2222".into(),
        key_type: "ssh-ed25519".into(),
        fingerprint: "SHA256:x".into(),
        only_authority: true,
    };
    let error = ConnectError::HostKey(Box::new(HostKeyProblem::Unknown(key)));
    assert_eq!(
        error.to_string(),
        "the key of `gpu-1` ([10.0.0.1]:2222, ssh-ed25519 SHA256:x) is not known. Compare the fingerprint with one from the \
         host's owner, then accept it with `--accept-new-host-keys` or `doppio host trust`. A certificate authority is listed \
         for it, but Doppio does not verify host certificates"
    );
}
