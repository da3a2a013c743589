//! The pages of `docs/checks/` are tests: every wrong example yields exactly the page's code at the
//! marked places, its fixes mend it, and a right example yields nothing.
//!
//! After a change of the list of checks, `DOPPIO_UPDATE_DOCS=1 cargo test -p doppio-recipe --test pages`
//! writes the index anew.

mod common;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use common::pages::{Example, FOLDER, examples, page};
use common::{Marked, apply, diagnostics_with};
use recipe::checks::CHECKS;
use recipe::diagnostic::{Diagnostic, Severity};
use recipe::{Analyser, PlanError, PlanOptions, plan};

#[test]
fn every_check_has_a_page_and_every_page_a_check() {
    let codes: BTreeSet<String> = pages()
        .into_iter()
        .map(|page| page.code.to_owned())
        .collect();
    assert_eq!(codes.len(), CHECKS.len() + 1, "a code is used twice");
    let pages: BTreeSet<String> = std::fs::read_dir(FOLDER)
        .expect("docs/checks can be listed")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .filter_map(|name| name.strip_suffix(".md").map(str::to_owned))
        .filter(|name| name != "README")
        .collect();
    assert_eq!(codes, pages);
}

#[test]
fn every_page_starts_with_code_level_and_title() {
    for check in pages() {
        let head = format!(
            "# {}\n\n**{}** · {}\n",
            check.code, check.level, check.title
        );
        assert!(
            page(check.code).starts_with(&head),
            "{} must start with\n{head}",
            check.code
        );
    }
}

#[test]
fn every_example_is_judged_as_its_page_says() {
    let mut failures = String::new();
    for check in pages() {
        let examples = examples(&page(check.code));
        let wrong = examples.iter().filter(|example| example.is_wrong).count();
        assert!(
            wrong > 0 && wrong < examples.len(),
            "{}: one of each is needed",
            check.code
        );
        for example in examples {
            let result = match example.is_wrong {
                true => wrong_example(check.code, &example),
                false => right_example(check.code, &example),
            };
            if let Err(why) = result {
                writeln!(failures, "== {}:\n{}\n{why}", check.code, example.source)
                    .expect("to a string");
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn the_index_lists_every_check() {
    let mut index = INDEX.to_owned();
    for Page { code, level, title } in pages() {
        writeln!(index, "| [{code}]({code}.md) | {level} | {title} |").expect("to a string");
    }
    common::docs::assert_file("checks/README.md", &index);
}

/// What stands above the list.
const INDEX: &str = "\
# What Doppio checks

Written by a test from the list in `recipe/src/checks/mod.rs`. Each page shows what is found and what to
write instead.

## Levels

An **error** is what a run refuses. A **warning** runs, and will probably not do what its author wants.
**info** is worth knowing, a **hint** is a suggestion.

A recipe can say that something need not be reported, and why:

```toml
# doppio: allow(secret-in-argument) nobody else is on that host
run_commands = { commands = \"login --token ${secret:acme/token}\" }
```

On a line of its own the comment counts for what comes next: an entry with all that is in it, an element
of an array, or above a header the whole table. Behind something it counts for that. Before everything
else in the file it counts for the file. Several codes stand between commas; what follows the
parenthesis is for people. Editors offer to write it: \"Allow CODE here\".

People can choose levels of their own, in the editor with the setting `levels`
([lsp.md](../lsp.md#settings)), on the command line with `doppio check --deny CODE`, `--warn CODE` and
`--allow CODE`; `--deny warnings` makes errors of all warnings. What a recipe allows is left out whatever
they choose.

Neither hides an error or makes it less: the editor would call sound what does not run. And neither
decides what runs: a recipe with a warning that somebody made an error runs as before.

## Checks

| code | level | finds |
|---|---|---|
";

/// The marked places have the code, nothing else has any above a hint, and the fixes mend it.
fn wrong_example(code: &'static str, example: &Example) -> Result<(), String> {
    let marked = Marked::parse(&example.source);
    let found = judged(example, code, &marked.text);
    let seen: Vec<_> = found
        .iter()
        .map(|it| (it.code, marked.mark_of(it.span)))
        .collect();
    let wanted: Vec<_> = marked.marks.iter().map(|mark| (code, *mark)).collect();
    if seen != wanted {
        return Err(format!("found {}", listed(&marked.text, &found)));
    }
    for fix in found.iter().flat_map(|it| &it.fixes) {
        let mended = judged(example, code, &apply(&marked.text, [fix]));
        if mended.iter().filter(|it| it.code == code).count() >= found.len() {
            return Err(format!("'{}' mends nothing", fix.title));
        }
    }
    if found.iter().all(|it| !it.fixes.is_empty()) {
        let text = apply(&marked.text, found.iter().map(|it| &it.fixes[0]));
        let left = judged(example, code, &text);
        if left.iter().any(|it| it.code == code) {
            return Err(format!(
                "after the fixes\n{text}\nthere is {}",
                listed(&text, &left)
            ));
        }
    }
    Ok(())
}

fn right_example(code: &str, example: &Example) -> Result<(), String> {
    match judged(example, code, &example.source) {
        found if found.is_empty() => Ok(()),
        found => Err(format!("found {}", listed(&example.source, &found))),
    }
}

fn listed(text: &str, found: &[Diagnostic]) -> String {
    let one = |it: &Diagnostic| {
        format!(
            "\n  [{}] {:?} {}",
            it.code,
            text.get(it.span.range()),
            it.message
        )
    };
    found.iter().map(one).collect()
}

/// The head of a page.
struct Page {
    code: &'static str,
    level: &'static str,
    title: &'static str,
}

/// What no check finds, but the way from a sound recipe to a plan.
const NOT_EXECUTABLE: Page = Page {
    code: "not-executable",
    level: "error",
    title: "Something that this version cannot run",
};

fn pages() -> Vec<Page> {
    let of_checks = CHECKS.iter().map(|check| Page {
        code: check.code,
        level: check.severity.name(),
        title: check.title,
    });
    of_checks.chain([NOT_EXECUTABLE]).collect()
}

/// What a run of a recipe is refused for.
fn refused(text: &str) -> Vec<Diagnostic> {
    let analysis = Analyser::default().analyse(text.into(), None);
    match plan(&analysis, &PlanOptions::default()) {
        Ok(_) => Vec::new(),
        Err(PlanError::Recipe(errors)) => errors,
        Err(error) => panic!("{error:?}"),
    }
}

/// What is wrong with `text`, an example of the page of `code` or what a fix made of it.
fn judged(example: &Example, code: &str, text: &str) -> Vec<Diagnostic> {
    // Examples leave out what is the same in all of them.
    let text = match text.contains("[recipe]") {
        true => text.to_owned(),
        false => format!("{text}\n[recipe]\nname = \"page\"\n"),
    };
    if code == NOT_EXECUTABLE.code {
        return refused(&text);
    }
    if code == "shellcheck" {
        return common::shellcheck::diagnostics(&text);
    }
    let stored: Option<Vec<&str>> = example
        .stored
        .as_ref()
        .map(|names| names.iter().map(String::as_str).collect());
    let mut found = diagnostics_with(&text, stored.as_deref());
    // An example is short: that nothing uses what it shows is for its own page to say.
    found.retain(|it| it.code == code || it.severity != Severity::Hint);
    found
}
