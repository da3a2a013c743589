//! What goes down the shell's standard input: the job as shell text, quoted so that every byte arrives as it is.

use recipe::session_name_problems;
use zeroize::Zeroizing;

use super::bootstrap::Nonce;
use super::{Job, MachineError};
use crate::secrets::Buffer;

/// The longest string that Linux takes as one environment variable, `NAME=` and the final NUL included.
const MAX_STRING: usize = 128 * 1024;
/// What all variables of one command may take together, well under the kernel's 2 MiB for arguments and environment.
const MAX_TOTAL: usize = 1024 * 1024;

const PRELUDE: &str = include_str!("prelude.sh");
const SUPERVISE: &str = include_str!("supervise.sh");
const TMUX: &str = include_str!("tmux.sh");
const SESSION: &str = include_str!("session.sh");

/// The bytes for one shell: a length in decimal, a newline, that much shell text, and for a tmux session what it reads.
/// They are wiped when dropped.
pub(crate) fn build(job: &Job, nonce: &Nonce) -> Result<Zeroizing<Vec<u8>>, MachineError> {
    check(job)?;
    let mut text = Text::default();
    text.assign("doppio_nonce", nonce.as_str().as_bytes());
    text.assign_workdir(job.workdir.as_deref().unwrap_or_default());
    let mut session = Text::default();
    match &job.tmux_session {
        None => {
            let id: String = job
                .run_id
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect();
            let id = format!("{id}-{}", nonce.as_str());
            text.assign("doppio_job", id.as_bytes());
            text.command(job, Some(&id));
            text.push(PRELUDE);
            text.push(SUPERVISE);
        }
        Some(name) => {
            session.session(job);
            text.assign("doppio_session", name.as_bytes());
            text.assign("doppio_len", session.0.len().to_string().as_bytes());
            text.push(PRELUDE);
            text.push(TMUX);
        }
    }
    // `$(…)`, which reads the text, drops newlines at its end; a last line without one loses nothing.
    text.push(":");
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.0.len() + session.0.len() + 16));
    bytes.extend_from_slice(text.0.len().to_string().as_bytes());
    bytes.push(b'\n');
    bytes.extend_from_slice(&text.0);
    bytes.extend_from_slice(&session.0);
    Ok(bytes)
}

/// Everything that is wrong with a job whatever the machine. Done before anything is sent.
fn check(job: &Job) -> Result<(), MachineError> {
    let nul = |what: &str| {
        Err(MachineError::NulByte {
            what: what.to_owned(),
        })
    };
    if job.script.contains('\0') {
        return nul("the script");
    }
    if job
        .workdir
        .as_deref()
        .is_some_and(|path| path.contains('\0'))
    {
        return nul("the working directory");
    }
    if let Some(session) = &job.tmux_session
        && let Some((_, why)) = session_name_problems(session).into_iter().next()
    {
        return Err(MachineError::SessionName {
            session: session.clone(),
            why,
        });
    }
    let mut total = 0;
    for (name, value) in &job.env {
        let value = value.expose();
        check_name(name)?;
        if value.contains(&0) {
            return nul(&format!("the value of `{name}`"));
        }
        let size = name.len() + value.len() + 2;
        total += size;
        if size > MAX_STRING {
            let what = format!("the value of `{name}`");
            return Err(MachineError::TooLarge {
                what,
                size: value.len(),
                limit: MAX_STRING - name.len() - 2,
            });
        }
    }
    if total > MAX_TOTAL {
        let what = "the environment of this command".to_owned();
        return Err(MachineError::TooLarge {
            what,
            size: total,
            limit: MAX_TOTAL,
        });
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), MachineError> {
    // In bash these cannot be assigned; `IFS` would change how the shell that starts the command reads its own lines.
    const KEPT: [&str; 9] = [
        "BASHOPTS",
        "BASH_VERSINFO",
        "EUID",
        "IFS",
        "OPTIND",
        "PPID",
        "SHELLOPTS",
        "UID",
        "_",
    ];
    let fail = |why| {
        Err(MachineError::EnvName {
            name: name.to_owned(),
            why,
        })
    };
    let sound = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric();
    if !name.bytes().all(sound)
        || name
            .bytes()
            .next()
            .is_none_or(|first| first.is_ascii_digit())
    {
        return fail("a name is letters, digits and `_`, and starts with no digit");
    }
    if KEPT.contains(&name) {
        return fail("the shell keeps that name for itself");
    }
    if name.starts_with("doppio_") || name == "DOPPIO_SCRIPT" || name == "DOPPIO_RUN_ID" {
        return fail("Doppio uses that name itself");
    }
    Ok(())
}

/// Shell text under construction. It holds values: wiped on drop, and never formatted.
#[derive(Default)]
struct Text(Buffer);

impl Text {
    fn push(&mut self, text: &str) {
        self.0.extend(text.as_bytes());
    }

    /// `NAME='value'`, with `'` as `'\''`: inside single quotes a shell reads every other byte as itself.
    fn assign(&mut self, name: &str, value: &[u8]) {
        self.push(name);
        self.push("=");
        self.quote(value);
        self.push("\n");
    }

    fn quote(&mut self, value: &[u8]) {
        self.push("'");
        for (index, part) in value.split(|&byte| byte == b'\'').enumerate() {
            if index > 0 {
                self.push(r"'\''");
            }
            self.0.extend(part);
        }
        self.push("'");
    }

    /// A relative path gets a `./`, so that `cd` takes no `-` and no `CDPATH` for it.
    fn assign_workdir(&mut self, path: &str) {
        if path == "~" || path.starts_with("~/") {
            self.push("doppio_dir=\"$HOME\"");
            self.quote(&path.as_bytes()[1..]);
            self.push("\n");
        } else if path.is_empty() || path.starts_with('/') {
            self.assign("doppio_dir", path.as_bytes());
        } else {
            self.assign("doppio_dir", format!("./{path}").as_bytes());
        }
    }

    /// The script, and a function that sets the variables: called late, when no other process of ours starts any more.
    fn command(&mut self, job: &Job, id: Option<&str>) {
        self.assign("doppio_script", job.script.as_bytes());
        let large = job.script.len() + "DOPPIO_SCRIPT=".len() + 1 > MAX_STRING;
        self.assign("doppio_large", if large { b"1" } else { b"" });
        self.push("doppio_env() {\n:\n");
        if let Some(id) = id {
            self.export("DOPPIO_RUN_ID", id.as_bytes());
        }
        if job.colour {
            self.export("FORCE_COLOR", b"1");
            self.export("CLICOLOR_FORCE", b"1");
        }
        for (name, value) in &job.env {
            self.export(name, value.expose());
        }
        self.push("}\n");
    }

    fn export(&mut self, name: &str, value: &[u8]) {
        self.assign(name, value);
        self.push("export ");
        self.push(name);
        self.push("\n");
    }

    /// What a tmux session reads from its pipe. In braces, so that a part of it is an error and nothing runs.
    fn session(&mut self, job: &Job) {
        self.push("{\n");
        self.command(job, None);
        if job.script.trim().is_empty() {
            self.push("doppio_env\nexec \"${SHELL:-/bin/sh}\" -l\n");
        } else {
            self.push(SESSION);
        }
        self.push("}\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::Secret;

    fn job(name: &str, value: &[u8]) -> Job {
        Job {
            env: vec![(name.to_owned(), Secret::new(value.to_vec()))],
            ..Job::default()
        }
    }

    #[test]
    fn the_length_is_that_of_the_text_and_quotes_are_closed() {
        let bytes = build(&job("TOKEN", b"it's\n"), &Nonce::new()).unwrap();
        let newline = bytes.iter().position(|&byte| byte == b'\n').unwrap();
        let length: usize = std::str::from_utf8(&bytes[..newline])
            .unwrap()
            .parse()
            .unwrap();
        assert_eq!(length, bytes.len() - newline - 1);
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(
            text.contains("TOKEN='it'\\''s\n'\nexport TOKEN\n"),
            "{text}"
        );
    }

    #[test]
    fn what_no_process_can_take_is_refused_by_name() {
        let error = |job: Job| build(&job, &Nonce::new()).unwrap_err().to_string();
        assert!(error(job("A", b"x\0y")).starts_with("the value of `A` holds a NUL byte"));
        assert!(
            error(job("A", &[b'x'; MAX_STRING]))
                .contains("is 131072 bytes, and a process takes at most 131069")
        );
        assert!(error(job("A-B", b"x")).contains("letters, digits"));
        assert!(error(job("UID", b"x")).contains("keeps that name"));
        assert!(
            error(Job {
                script: "a\0".into(),
                ..Job::default()
            })
            .starts_with("the script holds a NUL")
        );
        assert!(build(&job("A", &[b'x'; MAX_STRING - 3]), &Nonce::new()).is_ok());
    }
}
