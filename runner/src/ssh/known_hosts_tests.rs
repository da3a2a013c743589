//! The cases in which reading `known_hosts` goes wrong, one a line.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::*;

const ED: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
const ED2: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB9dG4kjRhQTtWTVzd2t27+t0DEHBPW7iOD23TUiYLio";
const EC: &str = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBHwf2HMM5TRXvo2SQJjsNkiDD5KqiiNjrGVv3UUh+mMT5RHxiRtOnlqvjhQtBq0VpmpCV/PwUdhOig4vkbqAcEc=";

fn key(text: &str) -> PublicKey {
    PublicKey::from_openssh(text).unwrap()
}

/// What one file says of `offered` for a host name; `L` stands for the line's place.
fn verdict(content: &str, name: &str, offered: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("known_hosts");
    fs::write(&file, content).unwrap();
    match Known::load(&[folder.path().join("missing"), file], name).judge(&key(offered)) {
        Verdict::Known => "known".into(),
        Verdict::Unknown(None) => "unknown".into(),
        Verdict::Unknown(Some(place)) => format!("authority {}", place.line),
        Verdict::Changed(place) => format!("changed {}", place.line),
        Verdict::Revoked(place) => format!("revoked {}", place.line),
        Verdict::OtherTypeKnown(place) => format!("other type {}", place.line),
    }
}

#[test]
fn every_case_of_the_table() {
    let cases: &[(&str, String, &str, &str, &str)] = &[
        ("plain", format!("host {ED}\n"), "host", ED, "known"),
        (
            "another host",
            format!("other {ED}\n"),
            "host",
            ED,
            "unknown",
        ),
        (
            "changed",
            format!("# c\n\n# c\nhost {ED2}\n"),
            "host",
            ED,
            "changed 4",
        ),
        (
            "revoked wins over known",
            format!("@revoked * {ED}\nhost {ED}\n"),
            "host",
            ED,
            "revoked 1",
        ),
        (
            "revoked after known",
            format!("host {ED}\n@revoked host {ED}\n"),
            "host",
            ED,
            "revoked 2",
        ),
        (
            "another key revoked",
            format!("@revoked * {ED2}\nhost {ED}\n"),
            "host",
            ED,
            "known",
        ),
        (
            "other type",
            format!("host {ED}\n"),
            "host",
            EC,
            "other type 1",
        ),
        (
            "wildcard",
            format!("*.example {ED}\n"),
            "a.example",
            ED,
            "known",
        ),
        (
            "question mark",
            format!("node? {ED}\n"),
            "node7",
            ED,
            "known",
        ),
        (
            "negation",
            format!("*.example,!b.example {ED}\n"),
            "b.example",
            ED,
            "unknown",
        ),
        (
            "negation first",
            format!("!b.example,*.example {ED}\n"),
            "b.example",
            ED,
            "unknown",
        ),
        (
            "upper case",
            format!("A.Example {ED}\n"),
            "a.example",
            ED,
            "known",
        ),
        (
            "tab",
            format!("host\t{}\n", ED.replace(' ', "\t")),
            "host",
            ED,
            "known",
        ),
        (
            "two spaces",
            format!("host  {}  comment\n", ED.replace(' ', "  ")),
            "host",
            ED,
            "known",
        ),
        (
            "comment differs",
            format!("host {ED} somebody@somewhere else\n"),
            "host",
            ED,
            "known",
        ),
        (
            "garbage line",
            format!("host ssh-ed25519 AAAA\nhost {ED}\n"),
            "host",
            ED,
            "known",
        ),
        (
            "unknown type",
            format!("host ssh-future AAAAC3NzaC1\nhost {ED}\n"),
            "host",
            ED,
            "known",
        ),
        (
            "unknown marker",
            format!("@maybe host {ED}\n"),
            "host",
            ED,
            "unknown",
        ),
        (
            "two keys of a type",
            format!("host {ED2}\nhost {ED}\n"),
            "host",
            ED,
            "known",
        ),
        (
            "authority",
            format!("@cert-authority * {ED2}\n"),
            "host",
            ED,
            "authority 1",
        ),
        (
            "an authority's key is no host key",
            format!("@cert-authority * {ED}\n"),
            "host",
            ED,
            "authority 1",
        ),
        (
            "port",
            format!("[host]:2222 {ED}\n"),
            "[host]:2222",
            ED,
            "known",
        ),
        (
            "another port",
            format!("[host]:2222 {ED}\n"),
            "[host]:2223",
            ED,
            "unknown",
        ),
        (
            "port and no port",
            format!("host {ED}\n"),
            "[host]:2222",
            ED,
            "unknown",
        ),
        (
            "list",
            format!("10.0.0.1,host,host2 {ED}\n"),
            "host",
            ED,
            "known",
        ),
        ("CRLF", format!("host {ED}\r\n"), "host", ED, "known"),
        ("indented", format!("  host {ED}\n"), "host", ED, "known"),
        (
            "commented out",
            format!("#host {ED}\n"),
            "host",
            ED,
            "unknown",
        ),
        (
            "broken hash",
            format!("|1|xx|yy {ED}\n|1| {ED}\n"),
            "host",
            ED,
            "unknown",
        ),
    ];
    for (case, content, name, offered, expected) in cases {
        assert_eq!(verdict(content, name, offered), *expected, "{case}");
    }
}

#[test]
fn what_openssh_hashed_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("known_hosts");
    fs::write(&file, format!("host {ED}\n[host]:2222 {ED2}\n")).unwrap();
    let status = Command::new("ssh-keygen")
        .args(["-q", "-H", "-f"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(status.status.success());
    let content = fs::read_to_string(&file).unwrap();
    assert!(
        content.starts_with("|1|") && !content.contains("host"),
        "{content}"
    );
    assert_eq!(verdict(&content, "host", ED), "known");
    assert_eq!(verdict(&content, "[host]:2222", ED2), "known");
    assert_eq!(verdict(&content, "[host]:2222", ED), "changed 2");
    assert_eq!(verdict(&content, "other", ED), "unknown");
}

#[test]
fn what_we_record_is_found_by_us_and_by_openssh() {
    for hashed in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/.ssh/known_hosts");
        record(&file, "[host]:2222", &key(ED), hashed).unwrap();
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(
            fs::metadata(file.parent().unwrap())
                .unwrap()
                .permissions()
                .mode()
                & 0o777,
            0o700
        );
        // A file that somebody's editor left without a final newline.
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(text.contains("host]"), !hashed);
        fs::write(&file, text.trim_end()).unwrap();
        record(&file, "other", &key(ED2), hashed).unwrap();

        let content = fs::read_to_string(&file).unwrap();
        assert_eq!(verdict(&content, "[host]:2222", ED), "known", "{content}");
        assert_eq!(verdict(&content, "other", ED2), "known", "{content}");
        let found = Command::new("ssh-keygen")
            .args(["-F", "[host]:2222", "-f"])
            .arg(&file)
            .output()
            .unwrap();
        assert!(
            String::from_utf8_lossy(&found.stdout).contains(ED),
            "{content}"
        );
    }
}

#[test]
fn a_host_is_looked_up_as_openssh_does() {
    assert_eq!(lookup_name("GPU.Example", 22, None), "gpu.example");
    assert_eq!(lookup_name("::1", 2222, None), "[::1]:2222");
    assert_eq!(lookup_name("10.0.0.1", 2222, Some("Gpu")), "gpu");
}
