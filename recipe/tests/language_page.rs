//! `docs/language.md` is written from the table of the language.
//!
//! After a change of the table, `DOPPIO_UPDATE_DOCS=1 cargo test -p doppio-recipe --test language_page`
//! writes it anew.

mod common;

use std::fmt::Write as _;

use recipe::language::{
    CONDITIONS, CONSTANT_CONDITIONS, Kind, OPERATIONS, Operation, Param, RECIPE, RETRY, Range,
    Role, STEP, TARGET,
};

#[test]
fn the_reference_page_says_what_the_table_says() {
    common::docs::assert_file("language.md", &page());
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for (title, params) in [
        ("[recipe]", RECIPE),
        ("[target]", TARGET),
        ("[[step]]", STEP),
        ("retry", RETRY),
    ] {
        writeln!(page, "## `{title}`\n").expect("to a string");
        if title == "[[step]]" {
            page += "Besides these keys, exactly one [operation](#operations).\n\n";
        }
        table(&mut page, params);
    }
    page += VARIABLES;
    page += "## Operations\n\n";
    for operation in OPERATIONS {
        writeln!(page, "### `{}`\n\n{}\n", operation.name, operation.doc).expect("to a string");
        if !operation.executable {
            page += "This version checks it and cannot run it yet.\n\n";
        }
        body(&mut page, operation);
    }
    page += "## Conditions\n\nFor `wait_condition` and `assert`. A condition is a table with one of these keys, or ";
    let constants: Vec<String> = CONSTANT_CONDITIONS
        .iter()
        .map(|word| format!("`\"{word}\"`"))
        .collect();
    writeln!(page, "{}.\n", constants.join(" or ")).expect("to a string");
    for condition in CONDITIONS {
        writeln!(page, "### `{}`\n\n{}\n", condition.name, condition.doc).expect("to a string");
        body(&mut page, condition);
    }
    page.truncate(page.trim_end().len());
    page + "\n"
}

fn body(page: &mut String, operation: &Operation) {
    match operation.params {
        [] => *page += "No parameters: `{}`.\n\n",
        [only] if only.name.is_empty() => {
            writeln!(page, "Its value is {}: {}\n", kind(&only.kind), only.doc)
                .expect("to a string");
        }
        params => table(page, params),
    }
    for param in operation.params {
        if let Kind::OneOf(variants) = param.kind {
            writeln!(
                page,
                "`{}` is a table with one of these keys:\n",
                param.name
            )
            .expect("to a string");
            for variant in variants {
                let value = match variant.params {
                    [only] if only.name.is_empty() => kind(&only.kind).to_owned(),
                    params => {
                        let named = |param: &Param| match param.required {
                            true => format!("`{}`", param.name),
                            false => format!("`{}` (optional)", param.name),
                        };
                        format!(
                            "a table of {}",
                            params.iter().map(named).collect::<Vec<_>>().join(", ")
                        )
                    }
                };
                writeln!(page, "* `{}`, {value}. {}", variant.name, variant.doc)
                    .expect("to a string");
            }
            page.push('\n');
        }
    }
}

fn table(page: &mut String, params: &[Param]) {
    *page += "| key | value | default | |\n|---|---|---|---|\n";
    for param in params {
        let default = match (param.required, param.default) {
            (true, _) => "required".to_owned(),
            (false, Some(default)) => format!("`{default}`"),
            (false, None) => String::new(),
        };
        let (name, doc) = (param.name, param.doc.replace('|', "\\|"));
        writeln!(
            page,
            "| `{name}` | {} | {default} | {doc} |",
            kind(&param.kind)
        )
        .expect("to a string");
    }
    page.push('\n');
}

fn kind(kind: &Kind) -> String {
    let range = |what: &str, range: Range| format!("{what}, {}", range.described());
    match kind {
        Kind::Text(Role::Shell) => "shell text".to_owned(),
        Kind::Text(Role::Path) => "path".to_owned(),
        Kind::Text(Role::Regex) => "regular expression".to_owned(),
        Kind::Text(_) => "text".to_owned(),
        Kind::Name(_) => "string".to_owned(),
        Kind::Integer(allowed) => range("integer", *allowed),
        Kind::Number(allowed) => range("number", *allowed),
        Kind::Boolean => "`true` or `false`".to_owned(),
        Kind::Enumeration(words) => words
            .iter()
            .map(|word| format!("`\"{word}\"`"))
            .collect::<Vec<_>>()
            .join(", "),
        Kind::Texts(_) => "array of texts".to_owned(),
        Kind::StepIds => "array of step ids".to_owned(),
        Kind::Map(_) => "table of texts".to_owned(),
        Kind::Table(_) => "table".to_owned(),
        Kind::OneOf(variants) => {
            let names: Vec<String> = variants
                .iter()
                .map(|variant| format!("`{}`", variant.name))
                .collect();
            format!("table with one of {}", names.join(", "))
        }
        Kind::Condition => "[condition](#conditions)".to_owned(),
        Kind::Conditions => "array of [conditions](#conditions)".to_owned(),
    }
}

const HEAD: &str = "# The recipe language

Every table, operation and condition with its keys. This page is written by a test from the table in
`recipe/src/language/`; change that, not this.

A recipe is TOML 1.1: UTF-8, with inline tables over several lines and trailing commas if you like. [What
Doppio checks](checks/README.md) lists what can be wrong with one.

A **string** means what it says. A **text** is a string that may hold references, which are replaced once:

| reference | means |
|---|---|
| `${name}` | a variable of `[variables]`, or one that a step sets |
| `${target}` | the host that the run was started for |
| `${secret:name}` | a secret of the keychain, or of the environment variable `DOPPIO_SECRET_NAME` |
| `${step.ID.output}`, `${step.ID.exit_code}` | what a step said, and how it ended. This step must depend on that one |
| `${env.NAME}` | an environment variable of the machine that runs the recipe |
| `${now}` | the time the run started, RFC 3339, UTC |
| `$${` | a plain `${` |

In **shell text**, `${NAME}` that is no variable of the recipe belongs to the shell. Variables of
`[variables]` are pasted as they stand. Everything else is data: it reaches the command as the value of an
environment variable, and means the same bare, in double and in single quotes.

";

const VARIABLES: &str = "## `[variables]`

Any name of letters, digits and `_`, and no digit first; each value is a text. Variables may refer to one another.

";
