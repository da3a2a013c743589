//! The simple part of the `ssh_config` format, for machines without `ssh`: `Host`, `Include` of plain paths, and the first
//! value wins. A file with more is refused rather than half understood.

use std::fs;
use std::path::Path;

use super::Settings;
use crate::hosts::{Address, HostError, Places};
use crate::ssh::known_hosts::glob;

/// Keywords that may be given several times.
const REPEATED: &str = "identityfile";

pub(super) fn read(places: &Places, id: &str, address: &Address) -> Result<Settings, HostError> {
    let mut reader = Reader {
        places,
        id,
        host: &address.host,
        settings: Settings::default(),
    };
    for file in [places.ssh_config(), places.system_ssh_config.clone()] {
        reader.file(&file, true, 0)?;
    }
    if let Some(name) = reader.settings.first("hostname") {
        let name = name.replace("%h", &address.host);
        if name.contains('%') {
            return Err(HostError::unsupported(
                id,
                "a token in HostName",
                "install OpenSSH's `ssh`",
            ));
        }
        reader.settings.0.insert("hostname".to_owned(), vec![name]);
    }
    Ok(reader.settings)
}

/// What the user's own file says, up to where it stops being simple.
pub(super) fn told(places: &Places, id: &str, address: &Address) -> Settings {
    let mut reader = Reader {
        places,
        id,
        host: &address.host,
        settings: Settings::default(),
    };
    // What comes before it holds all the same, since the first value wins.
    let _ = reader.file(&places.ssh_config(), true, 0);
    reader.settings
}

/// A line's keyword in lower case and its arguments; nothing for a comment or an empty line.
pub(super) fn keyword(line: &str) -> Option<(String, Vec<String>)> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let end = line
        .find(|c: char| c.is_whitespace() || c == '=')
        .unwrap_or(line.len());
    let rest = line[end..].trim_start();
    let rest = rest.strip_prefix('=').unwrap_or(rest);
    Some((line[..end].to_ascii_lowercase(), words(rest)))
}

struct Reader<'a> {
    places: &'a Places,
    id: &'a str,
    host: &'a str,
    settings: Settings,
}

impl Reader<'_> {
    /// Reads a file whose lines hold from the start if `active`.
    fn file(&mut self, path: &Path, active: bool, depth: usize) -> Result<(), HostError> {
        let Ok(text) = fs::read_to_string(path) else {
            return Ok(());
        };
        let refuse = |what: &str| {
            let what = format!("`{what}` in {}", path.display());
            Err(HostError::unsupported(
                self.id,
                &what,
                "install OpenSSH's `ssh`, which Doppio asks for its configuration",
            ))
        };
        let mut holds = active;
        for line in text.lines() {
            let Some((key, values)) = keyword(line) else {
                continue;
            };
            match key.as_str() {
                "host" => holds = active && is_for(&values, self.host),
                "match" if values.len() == 1 && values[0].eq_ignore_ascii_case("all") => {
                    holds = active
                }
                "match" => return refuse("Match"),
                "include" if depth >= 16 => return refuse("Include, 16 deep"),
                "include" => {
                    for name in &values {
                        if name.contains(['*', '?', '[']) {
                            return refuse("Include of a pattern");
                        }
                        let path = self.places.home.join(".ssh").join(self.places.expand(name));
                        self.file(&path, holds, depth + 1)?;
                    }
                }
                _ if holds && (key == REPEATED || self.settings.first(&key).is_none()) => {
                    self.settings.add(&key, values.join(" "));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn is_for(patterns: &[String], host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let mut matched = false;
    for pattern in patterns {
        let pattern = pattern.to_ascii_lowercase();
        match pattern.strip_prefix('!') {
            Some(negated) if glob(negated, &host) => return false,
            Some(_) => {}
            None => matched |= glob(&pattern, &host),
        }
    }
    matched
}

/// Words between spaces; double quotes hold one together.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        if word.starts_with('#') {
            break;
        }
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}
