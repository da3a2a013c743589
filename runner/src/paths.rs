//! The folders of the user that Doppio keeps things in; `docs/files.md` lists what is where.

use std::path::PathBuf;

use etcetera::{BaseStrategy, HomeDirError, choose_base_strategy};

/// Where things are kept that can be lost without harm: runs, the index of secret names.
///
/// # Errors
/// When the user has no home folder.
pub fn state() -> Result<PathBuf, HomeDirError> {
    let base = choose_base_strategy()?;
    let state = base.state_dir().unwrap_or_else(|| base.data_dir());
    Ok(state.join("doppio"))
}

/// Where the user's own settings are, such as `hosts.toml`.
///
/// # Errors
/// When the user has no home folder.
pub fn config() -> Result<PathBuf, HomeDirError> {
    Ok(choose_base_strategy()?.config_dir().join("doppio"))
}
