//! `[user@]host[:port]`, as people write it.

use std::net::Ipv6Addr;

use super::HostError;
use crate::visible::is_hostile;

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

impl Address {
    /// Takes an id apart.
    ///
    /// # Errors
    /// When it is none; among others where a part could be taken for an option or for shell text by another program.
    pub fn parse(id: &str) -> Result<Self, HostError> {
        let bad = |why: &str| HostError::BadId {
            id: id.escape_debug().to_string(),
            why: why.to_owned(),
        };
        let (user, rest) = match id.rsplit_once('@') {
            Some((user, rest)) => (Some(user), rest),
            None => (None, id),
        };
        let (host, port) = split_port(rest).ok_or_else(|| bad("a `]` or a port is missing"))?;
        let port = port
            .map(|port| port.parse().ok().filter(|port| *port > 0))
            .map_or(Ok(None), |port| {
                port.map(Some)
                    .ok_or_else(|| bad("a port is a number from 1 to 65535"))
            })?;
        for part in [Some(host), user].into_iter().flatten() {
            if part.is_empty() {
                return Err(bad("a part of it is empty"));
            }
            if part.starts_with('-') {
                return Err(bad("a name does not start with `-`"));
            }
            if part.contains(is_refused) {
                return Err(bad("it has a character that no host or user name has"));
            }
        }
        Ok(Self {
            user: user.map(str::to_owned),
            host: host.to_owned(),
            port,
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
            Err(error) => error.to_string(),
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
            ("-oProxyCommand=x", "start with `-`"),
            ("me@-x", "start with `-`"),
            ("-x@host", "start with `-`"),
            ("", "is empty"),
            ("@host", "is empty"),
            ("host:", "from 1 to 65535"),
            ("host:0", "from 1 to 65535"),
            ("host:70000", "from 1 to 65535"),
            ("a b", "no host or user name has"),
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
