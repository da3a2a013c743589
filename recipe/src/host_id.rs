//! `[user@]host[:port]`, as people write it.

use std::net::Ipv6Addr;
use std::ops::Range;

use crate::is_hostile;

/// A host id taken apart. What it leaves out, the SSH configuration says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Who logs in.
    pub user: Option<String>,
    /// Name or address, without brackets.
    pub host: String,
    /// TCP port.
    pub port: Option<u16>,
}

/// Why a text is no host id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct BadHostId {
    /// The text, escaped.
    pub id: String,
    /// What is wrong.
    pub why: &'static str,
    /// Where in the text.
    pub range: Range<usize>,
}

impl Address {
    /// Takes an id apart.
    ///
    /// # Errors
    /// When it is none; among others where a part could be taken for an option or for shell text by another program.
    pub fn parse(id: &str) -> Result<Self, BadHostId> {
        let bad = |range: Range<usize>, why| BadHostId {
            id: id.escape_debug().to_string(),
            why,
            range,
        };
        let whole = 0..id.len();
        let (user, rest) = match id.rsplit_once('@') {
            Some((user, rest)) => (Some(user), rest),
            None => (None, id),
        };
        let (host, port) =
            split_port(rest).ok_or_else(|| bad(whole.clone(), "a `]` or a port is missing"))?;
        let number = port.and_then(|port| port.parse().ok().filter(|port| *port > 0));
        if let (Some(port), None) = (port, number) {
            let range = id.len() - port.len()..id.len();
            return Err(bad(range, "a port is a number from 1 to 65535"));
        }
        let start = id.len() - rest.len();
        let start = start + rest.len() - rest.trim_start_matches('[').len();
        for (at, part) in std::iter::once((start, host)).chain(user.map(|user| (0, user))) {
            if part.is_empty() {
                return Err(bad(whole, "a part of it is empty"));
            }
            if part.starts_with('-') {
                return Err(bad(at..at + 1, "a name does not start with `-`"));
            }
            if let Some((place, c)) = part.char_indices().find(|(_, c)| is_refused(*c)) {
                let range = at + place..at + place + c.len_utf8();
                return Err(bad(
                    range,
                    "it has a character that no host or user name has",
                ));
            }
        }
        Ok(Self {
            user: user.map(str::to_owned),
            host: host.to_owned(),
            port: number,
        })
    }
}

/// What no name has: what a shell reads, what makes a line of `known_hosts` stand for other hosts too,
/// and what nobody sees.
fn is_refused(c: char) -> bool {
    c.is_control() || c.is_whitespace() || is_hostile(c) || "'\"`$\\;&<>|(){}/[]@,*?!#".contains(c)
}

/// Host and port; several colons without brackets are an IPv6 address.
fn split_port(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some(bracketed) = text.strip_prefix('[') {
        let (host, rest) = bracketed.split_once(']')?;
        return match rest {
            "" => Some((host, None)),
            _ => Some((host, Some(rest.strip_prefix(':')?))),
        };
    }
    if text.parse::<Ipv6Addr>().is_ok() {
        return Some((text, None));
    }
    match text.split_once(':') {
        Some((host, port)) => Some((host, Some(port))),
        None => Some((text, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(id: &str) -> String {
        match Address::parse(id) {
            Ok(Address { user, host, port }) => format!("{user:?} {host} {port:?}"),
            Err(error) => format!("{} at {:?}", error.why, &id[error.range]),
        }
    }

    #[test]
    fn every_form_is_taken_apart() {
        assert_eq!(parsed("gpu-1"), "None gpu-1 None");
        assert_eq!(
            parsed("root@203.0.113.7:40022"),
            "Some(\"root\") 203.0.113.7 Some(40022)"
        );
        assert_eq!(parsed("[::1]:22"), "None ::1 Some(22)");
        assert_eq!(
            parsed("me@[fe80::1%eth0]"),
            "Some(\"me\") fe80::1%eth0 None"
        );
        assert_eq!(parsed("::1"), "None ::1 None");
    }

    #[test]
    fn what_another_program_could_misread_is_refused() {
        for (id, why) in [
            ("-oProxyCommand=x", "start with `-` at \"-\""),
            ("me@-x", "start with `-` at \"-\""),
            ("-x@host", "start with `-`"),
            ("", "is empty"),
            ("@host", "is empty"),
            ("host:", "from 1 to 65535"),
            ("host:0", "from 1 to 65535"),
            ("host:70000", "from 1 to 65535 at \"70000\""),
            ("a b", "no host or user name has at \" \""),
            ("me@[a b]:22", "no host or user name has at \" \""),
            ("a\nb", "no host or user name has"),
            ("$(id)", "no host or user name has"),
            ("[::1", "is missing"),
            ("[::1]22", "is missing"),
            ("github.com,evil.example", "no host or user name has"),
            ("*", "no host or user name has"),
            ("!evil.example", "no host or user name has"),
            ("git\u{200b}hub.com", "no host or user name has"),
        ] {
            assert!(parsed(id).contains(why), "{id:?}: {}", parsed(id));
        }
    }
}
