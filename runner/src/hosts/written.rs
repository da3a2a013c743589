//! Where a host is written down, for who wants to see it or to give it another name.

use std::fs;
use std::ops::Range;
use std::path::PathBuf;

use super::{Address, Hosts, ssh_config};

/// The file that says what a host is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The file.
    pub path: PathBuf,
    /// Whether it is `hosts.toml`; else `~/.ssh/config`.
    pub is_own: bool,
    /// What it holds.
    pub text: String,
    /// Where the name of the host stands in it.
    pub name: Range<usize>,
}

impl Hosts {
    /// Where the host that an id means is written down: its table in `hosts.toml`, else the first `Host` line
    /// of `~/.ssh/config` with its name. Both are read as they are now, and nothing is run.
    pub fn written(&self, id: &str) -> Option<Written> {
        let [own, ssh] = self.files();
        find(own, true, |text| in_hosts_file(text, id)).or_else(|| {
            let host = Address::parse(id).ok()?.host;
            find(ssh, false, |text| ssh_config::place(text, &host))
        })
    }
}

fn find(
    path: PathBuf,
    is_own: bool,
    place: impl Fn(&str) -> Option<Range<usize>>,
) -> Option<Written> {
    let text = fs::read_to_string(&path).ok()?;
    let name = place(&text)?;
    Some(Written {
        path,
        is_own,
        text,
        name,
    })
}

fn in_hosts_file(text: &str, name: &str) -> Option<Range<usize>> {
    let document = toml_edit::Document::parse(text).ok()?;
    let hosts = document.get("hosts")?.as_table_like()?;
    let (key, _) = hosts.get_key_value(name)?;
    key.span()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_of_hosts_toml_is_found_however_it_is_written() {
        for (text, written) in [
            ("# gpu-1\n[hosts.gpu-1]\nhostname = \"gpu-1\"\n", "gpu-1"),
            ("[hosts.'gpu-1']\nhostname = 'x'\n", "'gpu-1'"),
            ("[hosts]\ngpu-1 = { hostname = 'x' }\n", "gpu-1"),
            ("hosts = { a = {}, \"gpu-1\" = {} }\n", "\"gpu-1\""),
            ("[hosts]\ngpu-1.hostname = 'x'\n", "gpu-1"),
        ] {
            let found = in_hosts_file(text, "gpu-1");
            assert_eq!(found.map(|it| &text[it]), Some(written), "{text}");
            assert_eq!(in_hosts_file(text, "gpu"), None);
        }
        assert_eq!(in_hosts_file("[hosts", "gpu-1"), None);
    }

    #[test]
    fn a_host_of_the_ssh_configuration_is_found_in_its_line() {
        for (text, before) in [
            ("Host *\n  User root\nHost gpu-12 gpu-1\n", "Host gpu-12 "),
            ("  host = \"gpu-1\" # gpu-1\n", "  host = \""),
            ("# Host gpu-1\nMatch all\nHost gpu-1", "Host "),
        ] {
            let found = ssh_config::place(text, "gpu-1").expect("a place");
            assert_eq!(&text[found.clone()], "gpu-1");
            assert!(text[..found.start].ends_with(before), "{text}");
        }
        for text in ["Host gpu-*\n", "HostName gpu-1\n", "Host !gpu-1\n", ""] {
            assert_eq!(ssh_config::place(text, "gpu-1"), None, "{text}");
        }
        assert_eq!(ssh_config::place("Host Host", "Host"), Some(5..9));
    }
}
