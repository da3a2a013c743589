//! Which host has which key: our own reading of `known_hosts` files, since the rules of the SSH library accept keys that
//! OpenSSH refuses.
//!
//! [`Known::load`] keeps the lines that are about one host, [`Known::judge`] compares a key with them. A revoked key is
//! refused whatever else is said of it; a host of which another key is known, of the same type or of another one, is not
//! the same as a host that nobody has seen before.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use russh::keys::{Algorithm, PublicKey};
use rustix::fs::{FlockOperation, flock};
use sha1::Sha1;

/// Everything that the files say of one host.
#[derive(Debug, Default)]
pub struct Known {
    lines: Vec<Line>,
}

/// What our rules say of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is the host's.
    Known,
    /// Nothing is known of the host; where a certificate authority is named for it, that line.
    Unknown(Option<Place>),
    /// Another key of this type is known.
    Changed(Place),
    /// This key has been marked as one that nobody must trust.
    Revoked(Place),
    /// A key of another type is known, which the host should have shown first.
    OtherTypeKnown(Place),
}

/// A line of a file, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// Its line.
    pub line: usize,
}

#[derive(Debug)]
struct Line {
    place: Place,
    marker: Option<Marker>,
    key: PublicKey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marker {
    Authority,
    Revoked,
}

impl Known {
    /// Reads the files in order; one that is missing or unreadable says nothing, as with OpenSSH. `name` is what
    /// [`lookup_name`] gives.
    pub fn load(files: &[PathBuf], name: &str) -> Self {
        let mut lines = Vec::new();
        for file in files {
            let Ok(bytes) = fs::read(file) else { continue };
            for (index, text) in String::from_utf8_lossy(&bytes).lines().enumerate() {
                let place = Place {
                    file: file.clone(),
                    line: index + 1,
                };
                lines.extend(parse_line(text, name).map(|(marker, key)| Line {
                    place,
                    marker,
                    key,
                }));
            }
        }
        Self { lines }
    }

    /// Compares a key with what is known. The comment of a key is not part of it.
    pub fn judge(&self, key: &PublicKey) -> Verdict {
        let same = |line: &&Line| line.key.key_data() == key.key_data();
        let with = |marker| self.lines.iter().filter(move |line| line.marker == marker);
        if let Some(line) = with(Some(Marker::Revoked)).find(same) {
            return Verdict::Revoked(line.place.clone());
        }
        if with(None).any(|line| same(&line)) {
            return Verdict::Known;
        }
        if let Some(line) = with(None).find(|line| line.key.algorithm() == key.algorithm()) {
            return Verdict::Changed(line.place.clone());
        }
        if let Some(line) = with(None).next() {
            return Verdict::OtherTypeKnown(line.place.clone());
        }
        Verdict::Unknown(
            with(Some(Marker::Authority))
                .next()
                .map(|line| line.place.clone()),
        )
    }

    /// Whether a key of this type is known, so that it should be asked for first.
    pub(super) fn has_type(&self, algorithm: &Algorithm) -> bool {
        let plain = |algorithm: &Algorithm| match algorithm {
            Algorithm::Rsa { .. } => Algorithm::Rsa { hash: None },
            other => other.clone(),
        };
        let wanted = plain(algorithm);
        self.lines
            .iter()
            .any(|line| line.marker.is_none() && plain(&line.key.algorithm()) == wanted)
    }
}

/// Under which name a host is looked up: its alias as it stands, else `host`, or `[host]:port` off port 22.
pub fn lookup_name(host: &str, port: u16, alias: Option<&str>) -> String {
    match alias {
        Some(alias) => alias.to_ascii_lowercase(),
        None if port == 22 => host.to_ascii_lowercase(),
        None => format!("[{}]:{port}", host.to_ascii_lowercase()),
    }
}

/// Appends a host's key to a file, made with mode 0600 if it is not there, in one write under a lock.
///
/// # Errors
/// When the file or its folder cannot be written.
pub fn record(file: &Path, name: &str, key: &PublicKey, hashed: bool) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let mut options = OpenOptions::new();
    let mut handle = options
        .read(true)
        .append(true)
        .create(true)
        .mode(0o600)
        .open(file)?;
    flock(&handle, FlockOperation::LockExclusive)?;
    let key = PublicKey::from(key.key_data().clone())
        .to_openssh()
        .map_err(io::Error::other)?;
    let name = if hashed {
        hash_name(name)?
    } else {
        name.to_owned()
    };
    let mut line = format!("{name} {}\n", key.trim_end());
    if !ends_with_newline(&mut handle)? {
        line.insert(0, '\n');
    }
    handle.write_all(line.as_bytes())
}

fn ends_with_newline(file: &mut fs::File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last[0] == b'\n')
}

/// Marker and key of a line about `name`. What cannot be read is about nobody: one bad line must lock nobody out.
fn parse_line(text: &str, name: &str) -> Option<(Option<Marker>, PublicKey)> {
    let mut fields = text.split_ascii_whitespace();
    let mut first = fields.next().filter(|field| !field.starts_with('#'))?;
    let marker = match first {
        "@revoked" => Some(Marker::Revoked),
        "@cert-authority" => Some(Marker::Authority),
        _ if first.starts_with('@') => return None,
        _ => None,
    };
    if marker.is_some() {
        first = fields.next()?;
    }
    if !is_about(first, name) {
        return None;
    }
    let key = format!("{} {}", fields.next()?, fields.next()?);
    Some((marker, PublicKey::from_openssh(&key).ok()?))
}

fn is_about(patterns: &str, name: &str) -> bool {
    if let Some(hashed) = patterns.strip_prefix("|1|") {
        return hashed
            .split_once('|')
            .is_some_and(|(salt, hash)| is_hash_of(salt, hash, name));
    }
    let mut matched = false;
    for pattern in patterns.split(',') {
        match pattern.strip_prefix('!') {
            Some(negated) if glob(&negated.to_ascii_lowercase(), name) => return false,
            Some(_) => {}
            None => matched |= glob(&pattern.to_ascii_lowercase(), name),
        }
    }
    matched
}

/// `*` and `?`, as in OpenSSH, where nothing else is special: `[host]:port` is itself.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut from) = (0, 0);
    let mut star = None;
    while from < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(&byte) if byte == b'?' || byte == text[from] => {
                at += 1;
                from += 1;
            }
            _ => {
                let Some((star_at, star_from)) = star else {
                    return false;
                };
                star = Some((star_at, star_from + 1));
                at = star_at + 1;
                from = star_from + 1;
            }
        }
    }
    pattern[at..].iter().all(|&byte| byte == b'*')
}

fn is_hash_of(salt: &str, hash: &str, name: &str) -> bool {
    let (Ok(salt), Ok(hash)) = (BASE64.decode(salt), BASE64.decode(hash)) else {
        return false;
    };
    keyed_hash(&salt, name).is_some_and(|mac| mac.verify_slice(&hash).is_ok())
}

fn hash_name(name: &str) -> io::Result<String> {
    let mut salt = [0; 20];
    getrandom::fill(&mut salt).map_err(io::Error::other)?;
    let mac =
        keyed_hash(&salt, name).ok_or_else(|| io::Error::other("the name cannot be hashed"))?;
    Ok(format!(
        "|1|{}|{}",
        BASE64.encode(salt),
        BASE64.encode(mac.finalize().into_bytes())
    ))
}

fn keyed_hash(salt: &[u8], name: &str) -> Option<Hmac<Sha1>> {
    let mut mac = Hmac::<Sha1>::new_from_slice(salt).ok()?;
    mac.update(name.as_bytes());
    Some(mac)
}

#[cfg(test)]
#[path = "known_hosts_tests.rs"]
mod tests;
