//! The texts of the repository, for what must hold of any: recipes from the examples, the pages and the tests, and
//! the inputs that fuzzing learned, which `fuzz/` keeps.
//!
//! The inputs of a fuzz target lie in one file, `fuzz/corpus/TARGET.jsonl`, a line for each: an array of the
//! strings that it consists of, with a number for each byte that is no text.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use serde_json::Value;

/// The recipes of `examples/`.
pub fn examples() -> Vec<String> {
    texts("examples", "toml")
}

/// The recipes that the pages of `docs/` show, without the lines that mark places in them.
pub fn shown() -> Vec<String> {
    let pages = [texts("docs", "md"), texts("docs/checks", "md")].concat();
    let fences = pages.iter().flat_map(|page| page.split("```toml").skip(1));
    let bodies = fences.filter_map(|it| it.split_once('\n')?.1.split_once("```"));
    bodies.map(|(body, _)| unmarked(body)).collect()
}

/// The recipes that stand in Rust files as strings, most of them in tests: without cursors and marks, and without
/// those that are put together when a test runs.
pub fn written_in_tests() -> Vec<String> {
    let mut sources = Vec::new();
    for folder in ["recipe", "lsp", "runner", "src", "tests", "benches"] {
        add_sources(&root().join(folder), &mut sources);
    }
    let mut strings = BTreeSet::new();
    for source in sources {
        let tokens = read(&source).parse();
        let tokens = tokens.unwrap_or_else(|error| panic!("{}: {error}", source.display()));
        add_strings(tokens, &mut strings);
    }
    let is_recipe = |it: &&String| it.contains("[[step]]") || it.contains("[recipe]");
    let recipes = strings.iter().filter(is_recipe);
    recipes.map(|it| unmarked(&it.replace("$0", ""))).collect()
}

/// The inputs of a fuzz target that fuzzing learned: each leads to a place in the code that no other leads to.
pub fn learned(target: &str) -> Vec<Vec<u8>> {
    let lines = read(&learned_file(target));
    lines.lines().map(input).collect()
}

/// All of the inputs that fuzzing learned and kept as a find that are texts.
pub fn learned_texts() -> Vec<String> {
    let corpus = root().join("fuzz/corpus");
    let targets = files(&corpus).into_iter();
    let name = |path: PathBuf| {
        path.file_stem()
            .and_then(|it| it.to_str())
            .map(str::to_owned)
    };
    let inputs = targets.filter_map(name).flat_map(|target| learned(&target));
    inputs.filter_map(|it| String::from_utf8(it).ok()).collect()
}

/// Writes what [`learned`] reads, the shortest first, as far as the file gets no bigger than `most` bytes. Returns how
/// many that are.
pub fn keep_learned(target: &str, inputs: &[Vec<u8>], most: usize) -> usize {
    let mut lines: Vec<String> = inputs.iter().map(|it| line(it) + "\n").collect();
    lines.sort_by_key(|line| (line.len(), line.clone()));
    let mut size = 0;
    lines.retain(|line| {
        size += line.len();
        size <= most
    });
    let path = learned_file(target);
    std::fs::write(&path, lines.concat())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    lines.len()
}

/// The files of a folder of the repository, in order; none if there is no such folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<_> = paths.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// The texts of the files in a folder of the repository whose names end so.
///
/// # Panics
/// When there are none.
pub fn texts(folder: &str, extension: &str) -> Vec<String> {
    let mut found = files(Path::new(folder));
    found.retain(|path| path.extension().is_some_and(|it| it == extension));
    assert!(
        !found.is_empty(),
        "{folder} has no file that ends in {extension}"
    );
    found.iter().map(|path| read(path)).collect()
}

/// The folder of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A text without the lines of `^` that mark places in the line above.
fn unmarked(text: &str) -> String {
    let lines = text.split_inclusive('\n');
    lines
        .filter(|line| !line.trim_start().starts_with('^'))
        .collect()
}

fn add_sources(folder: &Path, sources: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            add_sources(&path, sources);
        } else if path.extension().is_some_and(|it| it == "rs") {
            sources.push(path);
        }
    }
}

fn add_strings(tokens: TokenStream, strings: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => add_strings(group.stream(), strings),
            TokenTree::Literal(literal) => {
                if let syn::Lit::Str(string) = syn::Lit::new(literal) {
                    strings.insert(string.value());
                }
            }
            _ => {}
        }
    }
}

fn learned_file(target: &str) -> PathBuf {
    root().join(format!("fuzz/corpus/{target}.jsonl"))
}

fn line(input: &[u8]) -> String {
    let mut parts: Vec<Value> = Vec::new();
    for chunk in input.utf8_chunks() {
        if !chunk.valid().is_empty() {
            parts.push(chunk.valid().into());
        }
        parts.extend(chunk.invalid().iter().map(|byte| Value::from(*byte)));
    }
    Value::from(parts).to_string()
}

fn input(line: &str) -> Vec<u8> {
    let parts: Vec<Value> = serde_json::from_str(line).expect("a line of an input");
    let mut input = Vec::new();
    for part in parts {
        match (
            part.as_str(),
            part.as_u64().and_then(|it| u8::try_from(it).ok()),
        ) {
            (Some(text), _) => input.extend(text.bytes()),
            (None, Some(byte)) => input.push(byte),
            (None, None) => panic!("{part} is neither text nor a byte"),
        }
    }
    input
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_comes_back_from_its_line() {
        for bytes in [
            &b""[..],
            b"a\n\"\\",
            "é😀\u{7}".as_bytes(),
            b"\xff\xffa\xf0\x9f\xfe",
        ] {
            assert_eq!(input(&line(bytes)), bytes);
        }
        assert_eq!(line(b"a = 1\n\xff\x01b"), r#"["a = 1\n",255,"\u0001b"]"#);
    }

    #[test]
    fn there_are_recipes_of_each_kind() {
        assert!(examples().len() > 5);
        assert!(shown().len() > 100);
        let written = written_in_tests();
        assert!(written.len() > 100, "{}", written.len());
        assert!(written.iter().any(|it| it.contains("everything")));
    }
}
