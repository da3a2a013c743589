//! Our own `doppio secret`, in a process of its own: a value of the keychain is in no memory of the server.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use recipe::ENVIRONMENT_PREFIX;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

/// A locked keychain waits so long for its user; see `doppio secret set`.
const PATIENCE: Duration = Duration::from_secs(150);

/// How much of what it says is told.
const LAST_WORDS: u64 = 2048;

/// Runs `doppio secret` with these arguments and `input` on its standard input. Either way the answer is what it
/// said.
pub(crate) async fn secret(
    executable: PathBuf,
    arguments: &[&str],
    input: String,
) -> Result<String, String> {
    let mut command = Command::new(&executable);
    command
        .arg("secret")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let variables = std::env::vars_os().map(|(name, _)| name);
    let prefix = ENVIRONMENT_PREFIX.as_bytes();
    for variable in variables.filter(|name| name.as_encoded_bytes().starts_with(prefix)) {
        command.env_remove(variable);
    }
    let mut child = command
        .spawn()
        .map_err(|error| format!("{} does not start: {error}", executable.display()))?;
    let (pipe, out, err) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let give = async move {
        if let Some(mut pipe) = pipe {
            // A program that does not want it says why.
            let _ = pipe.write_all(input.as_bytes()).await;
        }
    };
    let whole = async {
        let ((), said, errors) = tokio::join!(give, words(out), words(err));
        match child
            .wait()
            .await
            .map_err(|error| error.to_string())?
            .success()
        {
            true => Ok(said),
            false => Err(errors),
        }
    };
    tokio::time::timeout(PATIENCE, whole)
        .await
        .unwrap_or_else(|_| Err("the keychain did not answer".to_owned()))
}

async fn words(pipe: Option<impl AsyncRead + Unpin>) -> String {
    let mut words = Vec::new();
    if let Some(pipe) = pipe {
        let _ = pipe.take(LAST_WORDS).read_to_end(&mut words).await;
    }
    String::from_utf8_lossy(&words).trim().to_owned()
}
