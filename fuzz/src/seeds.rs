//! The first inputs: what lies in the repository as examples, pages, scripts and broken texts.

use std::path::{Path, PathBuf};

use crate::Target;

/// The folders whose files are texts, and how their names end.
const TEXTS: &[(&str, &str)] = &[("examples", "toml"), ("recipe/tests/corpus", "sh")];

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
pub fn seeds(target: &Target) -> Vec<Vec<u8>> {
    texts()
        .iter()
        .flat_map(|text| (target.seed)(text))
        .collect()
}

/// The inputs of `target` that are kept in `folder`: its corpus, or its regressions.
///
/// # Panics
/// When they cannot be read.
pub fn kept(folder: &str, target: &Target) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = root().join("fuzz").join(folder).join(target.name);
    let read = |path: PathBuf| (path.clone(), read(&path));
    files(&folder).into_iter().map(read).collect()
}

/// A text is its own input.
pub(crate) fn as_it_is(text: &str) -> Vec<Vec<u8>> {
    vec![text.as_bytes().to_vec()]
}

fn texts() -> Vec<String> {
    let utf8 = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let around = |broken: &&str| {
        format!(
            "[recipe]\nname = \"x\"\n\n[[step]]\nid = \"one\"\n{broken}\nsleep.duration_secs = 1\n\n\
             [[step]]\nid = \"two\"\ndepends_on = [\"one\"]\nssh_command = {{ command = \"x ${{y}}\" }}\n"
        )
    };
    let mut texts: Vec<String> = BROKEN.iter().map(around).collect();
    for (folder, extension) in TEXTS {
        let mut found = files(&root().join(folder));
        found.retain(|path| path.extension().is_some_and(|it| it == *extension));
        assert!(
            !found.is_empty(),
            "{folder} has no file that ends in {extension}"
        );
        texts.extend(found.iter().map(|path| utf8(read(path))));
    }
    for page in files(&root().join("docs/checks")) {
        let page = utf8(read(&page));
        let fences = page.split("```toml ").skip(1);
        let examples = fences.filter_map(|it| it.split_once('\n')?.1.split_once("```"));
        texts.extend(examples.map(|(example, _)| example.to_owned()));
    }
    texts
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files of a folder, in order; none if there is no such folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
