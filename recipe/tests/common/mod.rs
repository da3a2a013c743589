//! Text in, diagnostics out: what the tests of the language share.
//!
//! A line of blanks and `^` under a line of an example marks places in it, as [`Marked`] reads them.

#![expect(dead_code, reason = "each test program uses its part")]

pub(crate) mod docs;
pub(crate) mod pages;
pub(crate) mod said;
pub(crate) mod shellcheck;

use std::fmt::Write as _;
use std::path::PathBuf;

use recipe::diagnostic::{Diagnostic, Fix};
use recipe::{Analyser, Facts, Presence, Span};

/// What is wrong with `text` where nothing is known of any secret.
pub(crate) fn diagnostics(text: &str) -> Vec<Diagnostic> {
    diagnostics_with(text, None)
}

/// What is wrong with `text` where just the secrets of these names are stored.
pub(crate) fn diagnostics_with(text: &str, stored: Option<&[&str]>) -> Vec<Diagnostic> {
    let analysis = Analyser::default().analyse(text.into(), Some("page.recipe.toml"));
    let mut facts = Facts::default();
    if let Some(stored) = stored {
        facts.stored = stored.iter().map(|name| (*name).to_owned()).collect();
        for name in analysis.names.secrets.keys() {
            let presence = match stored.contains(&name.as_str()) {
                true => Presence::Present,
                false => Presence::Missing,
            };
            facts.secrets.insert(name.clone(), presence);
        }
    }
    analysis.diagnostics(&facts)
}

/// The diagnostics of `text` as text: place, level, code, message, related places and fixes, for
/// `expect!` to compare.
pub(crate) fn check(text: &str) -> String {
    let place = |span: Span| format!("{:?}", &text[span.range()]);
    let mut shown = String::new();
    for diagnostic in diagnostics(text) {
        let line = text[..diagnostic.span.start].matches('\n').count() + 1;
        let (level, code) = (diagnostic.severity.name(), diagnostic.code);
        let at = place(diagnostic.span);
        writeln!(shown, "{line}: {level}[{code}] {at} {}", diagnostic.message)
            .expect("to a string");
        for related in &diagnostic.related {
            writeln!(shown, "   {} {}", place(related.span), related.message).expect("to a string");
        }
        for fix in &diagnostic.fixes {
            writeln!(shown, "   fix: {}", fix.title).expect("to a string");
        }
    }
    shown
}

/// `text` with the fixes applied.
pub(crate) fn apply<'a>(text: &str, fixes: impl IntoIterator<Item = &'a Fix>) -> String {
    let mut edits: Vec<_> = fixes.into_iter().flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|edit| edit.span);
    let mut text = text.to_owned();
    for edit in edits.into_iter().rev() {
        text.replace_range(edit.span.range(), &edit.text);
    }
    text
}

/// A text and the places that are marked in it.
pub(crate) struct Marked {
    /// The text without the lines of marks.
    pub(crate) text: String,
    /// The marked places, in order.
    pub(crate) marks: Vec<Span>,
}

impl Marked {
    /// Reads lines of blanks and `^` as marks of the line above.
    pub(crate) fn parse(source: &str) -> Self {
        let mut marked = Self {
            text: String::new(),
            marks: Vec::new(),
        };
        let mut line_start = 0;
        for line in source.split_inclusive('\n') {
            let marks = line.trim_end();
            if marks.contains('^') && marks.chars().all(|c| matches!(c, ' ' | '^')) {
                let above = marked.text[line_start..].to_owned();
                marked.add_marks(&above, line_start, marks);
            } else {
                line_start = marked.text.len();
                marked.text.push_str(line);
            }
        }
        marked
    }

    fn add_marks(&mut self, line: &str, line_start: usize, marks: &str) {
        let offset = |column: usize| {
            let found = line.char_indices().nth(column).map(|(at, _)| at);
            line_start + found.unwrap_or(line.len())
        };
        let columns: Vec<char> = marks.chars().collect();
        let mut column = 0;
        while column < columns.len() {
            let length = columns[column..].iter().take_while(|c| **c == '^').count();
            if length > 0 {
                self.marks
                    .push(Span::new(offset(column), offset(column + length)));
            }
            column += length.max(1);
        }
    }

    /// How a mark of `span` looks: on its first line only, and one column wide where it is empty.
    pub(crate) fn mark_of(&self, span: Span) -> Span {
        let rest = &self.text[span.range()];
        let line = rest.find(['\r', '\n']).unwrap_or(rest.len());
        let next = self.text[span.start..]
            .chars()
            .next()
            .map_or(0, char::len_utf8);
        Span::new(span.start, span.start + line.max(next))
    }
}

#[expect(clippy::disallowed_methods, reason = "a test reads the examples")]
pub(crate) fn examples() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut examples: Vec<(String, String)> = std::fs::read_dir(folder)
        .expect("examples/ can be listed")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .map(|path| {
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, std::fs::read_to_string(&path).expect("UTF-8"))
        })
        .collect();
    examples.sort();
    assert!(examples.len() > 1, "there are examples");
    examples
}

/// The ordinary scripts of `corpus/`, by path, in order.
#[expect(clippy::disallowed_methods, reason = "a test reads the corpus")]
pub(crate) fn corpus() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
    let entries = std::fs::read_dir(folder).expect("the corpus is there");
    let mut scripts: Vec<(String, String)> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let script = std::fs::read_to_string(&path).expect("UTF-8");
            (path.display().to_string(), script)
        })
        .collect();
    scripts.sort();
    scripts
}
