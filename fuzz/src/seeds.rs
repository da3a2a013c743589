//! What fuzzing starts from: what lies in the repository as examples, pages, scripts and broken texts, and what was
//! found and learned before.

use std::path::{Path, PathBuf};

use testkit::samples;

use crate::Target;

/// What is half typed or broken, each in a way of its own.
const BROKEN: &[&str] = &[
    "a = \"echo ${secret:",
    "a = 'echo",
    "a = \"\"\"\necho",
    "a = \'\'\'\necho",
    "env = { A = \"1\"",
    "env = {\n  A = \"1\",\n",
    "na",
    "run =",
    "env.",
    "[[ste",
    "[vars2",
    "env = { A = \"1\" B = \"2\" }",
    "id = \"a\"\nid = \"b\"",
    "a = \"\\q ${x}\"",
    "a = [\"x\",",
    "depends_on = [\n  \"x\",\n[step.env]",
    "a = echo hi",
    "a \"x\"",
    "a = \"x\" junk",
    "[recipe]\n[recipe]",
    "env = { A = \"1\", B }",
    "env = {\n  A = \"1,\n}",
    "a = \"x\r\nb = 1\r\n",
    "\"k = 1",
    "]\n}",
    "a = 07:32\nb = 1e400\nc = 0x",
    "\u{feff}a = \"\u{2028}e\u{301}👩‍💻\"",
    "# doppio: allow(",
];

/// Every input of `target` that is made of a text of the repository.
///
/// # Panics
/// When the repository cannot be read.
pub fn made(target: &Target) -> Vec<Vec<u8>> {
    let texts = texts();
    texts.iter().flat_map(|text| (target.seed)(text)).collect()
}

/// The inputs of which something did not hold, and where they are kept.
///
/// # Panics
/// When they cannot be read.
pub fn regressions(target: &Target) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new("fuzz/regressions").join(target.name);
    let read = |path: PathBuf| {
        let input = std::fs::read(&path);
        let input = input.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path, input)
    };
    samples::files(&folder).into_iter().map(read).collect()
}

/// A text is its own input.
pub(crate) fn as_it_is(text: &str) -> Vec<Vec<u8>> {
    vec![text.as_bytes().to_vec()]
}

fn texts() -> Vec<String> {
    let around = |broken: &&str| {
        format!(
            "[recipe]\nname = \"x\"\n\n[[step]]\nid = \"one\"\n{broken}\nsleep.duration_secs = 1\n\n\
             [[step]]\nid = \"two\"\ndepends_on = [\"one\"]\nssh_command = {{ command = \"x ${{y}}\" }}\n"
        )
    };
    let mut texts: Vec<String> = BROKEN.iter().map(around).collect();
    texts.extend(samples::examples());
    texts.extend(samples::texts("recipe/tests/corpus", "sh"));
    texts.extend(samples::shown());
    texts
}
