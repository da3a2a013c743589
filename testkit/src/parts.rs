//! Where `scripts/install-test-parts` put what the system does not have.

use std::env;
use std::path::PathBuf;

/// The starter of an editor, `nvim`, `hx` or `emacs`, that knows its own libraries and runtime files.
///
/// # Panics
/// When it has not been installed.
#[track_caller]
pub fn editor(name: &str) -> PathBuf {
    let folder = match name {
        "emacs" => "emacs",
        _ => "editors",
    };
    let path = cache().join(folder).join("bin").join(name);
    assert!(
        path.exists(),
        "{} is missing: run scripts/install-test-parts",
        path.display()
    );
    path
}

/// The same folder as in `scripts/install-test-parts`.
fn cache() -> PathBuf {
    let folder = |name| env::var_os(name).filter(|value| !value.is_empty());
    folder("DOPPIO_CACHE")
        .or_else(|| {
            Some(
                PathBuf::from(folder("XDG_CACHE_HOME")?)
                    .join("doppio-tests")
                    .into(),
            )
        })
        .or_else(|| {
            Some(
                PathBuf::from(folder("HOME")?)
                    .join(".cache/doppio-tests")
                    .into(),
            )
        })
        .map(PathBuf::from)
        .expect("one of DOPPIO_CACHE, XDG_CACHE_HOME and HOME is set")
}
