//! The user's `hosts.toml`: read strictly, changed without losing comments, replaced in one go.

use std::fs::{self, DirBuilder};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use recipe::nearest::{did_you_mean, nearest};
use serde::Serialize;
use toml_edit::{DocumentMut, Item, Table, Value};

use super::{Address, HostError};

const KEYS: [&str; 4] = ["hostname", "port", "user", "identity_file"];

/// One host of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HostEntry {
    /// What recipes call it.
    pub name: String,
    /// Name or address to connect to.
    pub hostname: String,
    /// TCP port, unless the SSH configuration or 22.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Who logs in, unless whom the SSH configuration says or who runs this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The private key, with `~/` as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_file: Option<String>,
}

/// The file with its hosts, in the order they are written.
#[derive(Debug)]
pub struct HostsFile {
    path: PathBuf,
    document: DocumentMut,
    entries: Vec<HostEntry>,
}

impl HostsFile {
    /// Reads the file; one that is not there has no hosts.
    pub(super) fn load(path: &Path) -> Result<Self, HostError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(HostError::io(path, error)),
        };
        let malformed = |why: String| HostError::Malformed {
            file: path.to_owned(),
            why,
        };
        let document: DocumentMut = text
            .parse()
            .map_err(|error| malformed(format!("{error}")))?;
        let entries = read(&document).map_err(malformed)?;
        Ok(Self {
            path: path.to_owned(),
            document,
            entries,
        })
    }

    /// The hosts, in the order they are written.
    pub fn entries(&self) -> impl Iterator<Item = &HostEntry> {
        self.entries.iter()
    }

    /// The host of this name.
    pub fn get(&self, name: &str) -> Option<&HostEntry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// Adds a host and writes the file.
    ///
    /// # Errors
    /// When the name is taken or none, or the file cannot be written.
    pub fn add(&mut self, entry: HostEntry) -> Result<(), HostError> {
        check(&entry).map_err(|why| HostError::BadName {
            name: entry.name.escape_debug().to_string(),
            why,
        })?;
        if self.get(&entry.name).is_some() {
            return Err(HostError::Listed(entry.name));
        }
        let hosts = self.document.entry("hosts").or_insert_with(|| {
            let mut hosts = Table::new();
            hosts.set_implicit(true);
            Item::Table(hosts)
        });
        let mut table = Table::new();
        table["hostname"] = toml_edit::value(&entry.hostname);
        if let Some(port) = entry.port {
            table["port"] = toml_edit::value(i64::from(port));
        }
        if let Some(user) = &entry.user {
            table["user"] = toml_edit::value(user);
        }
        if let Some(file) = &entry.identity_file {
            table["identity_file"] = toml_edit::value(file);
        }
        match hosts {
            Item::Value(Value::InlineTable(inline)) => {
                inline.insert(&entry.name, Value::InlineTable(table.into_inline_table()));
            }
            other => other[&entry.name] = Item::Table(table),
        }
        self.write()?;
        self.entries.push(entry);
        Ok(())
    }

    /// Removes a host and writes the file.
    ///
    /// # Errors
    /// When there is none of that name, or the file cannot be written.
    pub fn remove(&mut self, name: &str) -> Result<HostEntry, HostError> {
        let Some(index) = self.entries.iter().position(|entry| entry.name == name) else {
            let names = self.entries.iter().map(|entry| entry.name.as_str());
            let similar = nearest(name, names).map(str::to_owned);
            return Err(HostError::NotListed {
                name: name.to_owned(),
                similar,
            });
        };
        if let Some(hosts) = self
            .document
            .get_mut("hosts")
            .and_then(Item::as_table_like_mut)
        {
            hosts.remove(name);
        }
        self.write()?;
        Ok(self.entries.remove(index))
    }

    /// Writes a new file beside the old one and puts it in its place: whoever reads meanwhile sees one or the other.
    fn write(&self) -> Result<(), HostError> {
        let failed = |error| HostError::io(&self.path, error);
        // A link, from a folder of settings under version control, say, stays one.
        let target = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let folder = target.parent().unwrap_or(Path::new("."));
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(failed)?;
        // A temporary file is made with mode 0600.
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        file.write_all(self.document.to_string().as_bytes())
            .map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(&target).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

fn read(document: &DocumentMut) -> Result<Vec<HostEntry>, String> {
    for (key, _) in document.iter() {
        if key != "hosts" {
            return Err(format!(
                "unknown table or key `{key}`{}",
                did_you_mean(nearest(key, ["hosts"]))
            ));
        }
    }
    let Some(hosts) = document.get("hosts") else {
        return Ok(Vec::new());
    };
    let hosts = hosts
        .as_table_like()
        .ok_or("`hosts` is a table: write `[hosts.NAME]`")?;
    hosts
        .iter()
        .map(|(name, item)| read_entry(name, item))
        .collect()
}

fn read_entry(name: &str, item: &Item) -> Result<HostEntry, String> {
    let at = format!("[hosts.{}]", name.escape_debug());
    let table = item
        .as_table_like()
        .ok_or_else(|| format!("{at} is a table with at least `hostname`"))?;
    for (key, _) in table.iter() {
        if !KEYS.contains(&key) {
            return Err(format!(
                "{at} has an unknown key `{key}`{}",
                did_you_mean(nearest(key, KEYS))
            ));
        }
    }
    let text = |key: &str| match table.get(key) {
        None => Ok(None),
        Some(item) => match item.as_str() {
            Some(text) => Ok(Some(text.to_owned())),
            None => Err(format!("{at}: `{key}` is text: write it in quotes")),
        },
    };
    let port = match table.get("port") {
        None => None,
        Some(item) => {
            let port = item
                .as_integer()
                .and_then(|port| u16::try_from(port).ok())
                .filter(|port| *port > 0);
            Some(port.ok_or_else(|| {
                format!("{at}: `port` is a number from 1 to 65535, without quotes")
            })?)
        }
    };
    let entry = HostEntry {
        name: name.to_owned(),
        hostname: text("hostname")?.ok_or_else(|| format!("{at} has no `hostname`"))?,
        port,
        user: text("user")?,
        identity_file: text("identity_file")?,
    };
    check(&entry).map_err(|why| format!("{at}: {why}"))?;
    Ok(entry)
}

/// What the file's own syntax cannot say.
fn check(entry: &HostEntry) -> Result<(), String> {
    if entry.name == "local" || entry.name == "__local__" {
        return Err(format!("`{}` means this machine", entry.name));
    }
    let plain = Address::parse(&entry.name).map_err(|bad| bad.why)?;
    if plain.user.is_some() || plain.port.is_some() {
        return Err("a name has no `@` and no `:`".to_owned());
    }
    let user = entry
        .user
        .as_ref()
        .map_or(String::new(), |user| format!("{user}@"));
    let address = Address::parse(&format!("{user}[{}]", entry.hostname))
        .map_err(|bad| HostError::from(bad).to_string())?;
    if address.host != entry.hostname || address.user != entry.user {
        return Err("`hostname` or `user` has a character that no name has".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn entry(name: &str) -> HostEntry {
        HostEntry {
            name: name.to_owned(),
            hostname: "203.0.113.7".to_owned(),
            port: Some(40022),
            user: Some("root".to_owned()),
            identity_file: None,
        }
    }

    fn why(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hosts.toml");
        fs::write(&path, text).unwrap();
        HostsFile::load(&path).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn hosts_are_added_and_removed_without_losing_comments() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/doppio/hosts.toml");
        let mut file = HostsFile::load(&path).unwrap();
        file.add(entry("gpu-1")).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(
            fs::metadata(path.parent().unwrap())
                .unwrap()
                .permissions()
                .mode()
                & 0o777,
            0o700
        );
        let expected = "[hosts.gpu-1]\nhostname = \"203.0.113.7\"\nport = 40022\nuser = \"root\"\n";
        assert_eq!(fs::read_to_string(&path).unwrap(), expected);

        fs::write(
            &path,
            format!("# mine\n{expected}\n[hosts.b] # the big one\nhostname = \"b\"\n"),
        )
        .unwrap();
        let mut file = HostsFile::load(&path).unwrap();
        assert_eq!(file.get("gpu-1"), Some(&entry("gpu-1")));
        assert!(matches!(file.add(entry("b")), Err(HostError::Listed(_))));
        file.add(entry("c")).unwrap();
        file.remove("gpu-1").unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            text.contains("[hosts.b] # the big one") && text.contains("[hosts.c]"),
            "{text}"
        );
        assert!(!text.contains("gpu-1"), "{text}");
        assert_eq!(
            file.remove("bb").unwrap_err().to_string(),
            "hosts.toml has no host `bb`; did you mean 'b'?"
        );
        assert_eq!(HostsFile::load(&path).unwrap().entries().count(), 2);
    }

    #[test]
    fn a_link_stays_a_link_and_inline_tables_are_extended() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real.toml");
        fs::write(&real, "hosts = { a = { hostname = \"a\" } }\n").unwrap();
        let link = folder.path().join("hosts.toml");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        HostsFile::load(&link).unwrap().add(entry("b")).unwrap();
        assert!(
            fs::symlink_metadata(&link)
                .unwrap()
                .file_type()
                .is_symlink()
        );
        assert_eq!(HostsFile::load(&real).unwrap().entries().count(), 2);
    }

    #[test]
    fn mistakes_are_named_with_what_was_meant() {
        assert!(
            why("[hosts.a]\nhostnme = \"x\"\n")
                .contains("[hosts.a] has an unknown key `hostnme`; did you mean 'hostname'?")
        );
        assert!(
            why("[host.a]\nhostname = \"x\"\n")
                .contains("unknown table or key `host`; did you mean 'hosts'?")
        );
        assert!(why("[hosts.a]\nport = 1\n").contains("[hosts.a] has no `hostname`"));
        assert!(why("[hosts.a]\nhostname = \"x\"\nport = \"22\"\n").contains("without quotes"));
        assert!(why("[hosts.a]\nhostname = 5\n").contains("`hostname` is text"));
        assert!(why("[hosts.local]\nhostname = \"x\"\n").contains("means this machine"));
        assert!(why("[hosts.a]\nhostname = \"-oProxyCommand=x\"\n").contains("start with `-`"));
        assert!(why("[hosts.\"a b\"]\nhostname = \"x\"\n").contains("no host or user name has"));
        assert!(why("[hosts.a\n").contains("hosts.toml: TOML parse error at line 1"));
    }
}
