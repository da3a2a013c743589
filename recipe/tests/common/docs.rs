//! Generated pages: compared with what they should be, or written anew.

/// Compares a file below `docs/` with `content`, or writes it where `DOPPIO_UPDATE_DOCS` is set.
#[expect(
    clippy::disallowed_methods,
    reason = "a test compares and writes pages"
)]
pub(crate) fn assert_file(name: &str, content: &str) {
    let path = format!("{}/../docs/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("DOPPIO_UPDATE_DOCS").is_some() {
        std::fs::write(&path, content).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == content,
        "docs/{name} is out of date: run the test with DOPPIO_UPDATE_DOCS=1"
    );
}
