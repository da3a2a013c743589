//! Every fix, applied, removes what it was offered for and leaves TOML: on the examples of all pages, on
//! those of `examples/`, and on recipes put together at random in every way of writing.

mod common;

use common::pages::{FOLDER, examples, page};
use common::{Marked, apply};
use proptest::prelude::*;
use recipe::checks::{CHECKS, allow_here};
use recipe::diagnostic::{Diagnostic, Fix};
use recipe::{Analyser, Analysis, Facts};

/// Tries every fix of everything that is found in `text`.
fn check(text: &str) {
    let before = analyse(text);
    let found = before.diagnostics(&Facts::default());
    for diagnostic in &found {
        let allow = allow_here(&before, diagnostic);
        for fix in diagnostic.fixes.iter().chain(&allow) {
            mends(&before, &found, diagnostic, fix);
        }
    }
}

fn mends(before: &Analysis, found: &[Diagnostic], diagnostic: &Diagnostic, fix: &Fix) {
    let text = apply(&before.text, [fix]);
    let after = analyse(&text);
    let what = || {
        let (code, title) = (diagnostic.code, &fix.title);
        format!(
            "[{code}] '{title}' for {}\n{}\n== makes\n{text}",
            diagnostic.message, before.text
        )
    };
    let broken = |it: &Analysis| it.tree.errors.len();
    assert!(
        broken(&after) <= broken(before),
        "{}: {:?}",
        what(),
        after.tree.errors
    );
    // What is mended in one place can come to light in another: the same words must be fewer.
    let same = |it: &&Diagnostic| it.code == diagnostic.code && it.message == diagnostic.message;
    let left = after.diagnostics(&Facts::default());
    let left = left.iter().filter(same).count();
    assert!(left < found.iter().filter(same).count(), "{}", what());
}

fn analyse(text: &str) -> Analysis {
    Analyser::default().analyse(text.into(), Some("x.recipe.toml"))
}

#[test]
fn every_fix_of_every_page_mends() {
    for code in CHECKS.iter().map(|check| check.code) {
        for example in examples(&page(code)) {
            let text = Marked::parse(&example.source).text;
            check(&text);
            check(&text.replace('\n', "\r\n"));
            check(&format!("{text}\n[recipe]\nname = \"page\"\n"));
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads the examples")]
fn every_fix_of_every_example_mends() {
    let folder = std::path::Path::new(FOLDER).join("../../examples");
    for entry in std::fs::read_dir(folder).expect("examples/ can be listed") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|it| it == "toml") {
            check(&std::fs::read_to_string(path).expect("UTF-8"));
        }
    }
}

#[test]
fn a_table_is_added_behind_the_keys_that_have_no_header() {
    for (text, mended) in [
        (
            "variables.a = \"x\" # why\n[[step]]\nid = \"s\"\nsleep = { duration_secs = 1 }\n",
            "variables.a = \"x\" # why\n\n[recipe]\nname = \"unnamed\"\n[[step]]\nid = \"s\"\nsleep = { duration_secs = 1 }\n",
        ),
        (
            "variables.a = \"x\"",
            "variables.a = \"x\"\n\n[recipe]\nname = \"unnamed\"\n",
        ),
        (
            "\u{feff}[[step]]\r\n",
            "\u{feff}[recipe]\r\nname = \"unnamed\"\r\n\r\n[[step]]\r\n",
        ),
    ] {
        let found = analyse(text).diagnostics(&Facts::default());
        let fix = found.iter().flat_map(|it| &it.fixes);
        let fix = fix.into_iter().find(|fix| fix.title == "Add [recipe]");
        assert_eq!(apply(text, fix), mended);
    }
}

#[test]
fn a_header_becomes_no_second_one_of_a_table() {
    let fixes = |text: &str| {
        let found = analyse(text).diagnostics(&Facts::default());
        let fixes = found.into_iter().flat_map(|it| it.fixes);
        fixes.filter(|fix| fix.title.contains("Change")).count()
    };
    let step = |header: &str| {
        format!("[[step]]\nid = \"a\"\nrun_commands.commands = \"x\"\n[step.{header}]\nx = \"y\"\n")
    };
    assert_eq!(fixes("[reciep]\nname = \"x\"\n"), 1);
    assert_eq!(fixes("[reciep]\n[recipe]\nname = \"x\"\n"), 0);
    assert_eq!(fixes("recipe.name = \"x\"\n[reciep]\n"), 0);
    assert_eq!(fixes(&step("run_comands")), 0);
    let other = step("sleep").replace("run_commands.commands = \"x\"\n", "");
    assert_eq!(
        fixes(&format!("{other}{}", other.replace("sleep", "slep"))),
        1
    );
}

/// Steps that have something to mend, or may have beside others.
const OPERATIONS: &[&str] = &[
    r#"run_commands = { commands = "echo ${a} $b", session_name = "s" }"#,
    r#"run_commands = { commands = "x ${secret:t/k}", tmux_mode = "new", capture_output = "c" }"#,
    r#"ssh_command = { command = "for a in 1; do x ${a}; done", capture_output = "a" }"#,
    r#"ssh_command = { command = "x --token ${secret:t/k}", workdir = "${aa}" }"#,
    r#"ssh_command = { command = "echo ${step.s0.output} ${step.s1.exit_code}", env = { K = "${env.MY_TOKEN}" } }"#,
    r#"tmux_new = { session_name = "a.b", command = "echo ${c}" }"#,
    r#"tmux_kill = { session_name = "s" }"#,
    r#"set_var = { name = "b", value = "${a}" }"#,
    r#"sleep = { duration_secs = 9000000 }"#,
    r#"sleep = {}"#,
    r#"slep = { duration_secs = "1" }"#,
    r#"http_request = { method = "POST", url = "example.com", capture_response = "r" }"#,
    r#"http_request = { method = "post", url = "htps://example.com/${a}" }"#,
    r#"get_value = { source = { step_output = "s2" }, pattern = "(", var_name = "v" }"#,
    r#"wait_condition = { condition = { var_equals = { name = "a", value = "x" } }, timeout_secs = 5 }"#,
    r#"group = { steps = ["s0", "s1"], mode = "paralel" }"#,
];

const LINES: &[&str] = &[
    "when = \"${a}\"",
    "when = \"false\"",
    "when = \"${a} == x && ${a} == y\"",
    "retry = { max_attempts = 1, delay_secs = 7200 }",
    "retry.delay_secs = 7200",
    "timeout_secs = 5",
    "depend_on = []",
    "continue_on_failure = \"true\"",
    "# doppio: allow(near-variable, older-doppio)",
    "# a comment",
    "",
];

const VARIABLES: &[&str] = &[
    "[variables]\na = \"1\"\nunused = \"${a}\" # why\nb = 3\n",
    "[variables]\na = '''\nx'''\n",
    "variables = { a = \"x\", unused = \"y\" }\n",
    "variables.unused = \"x\"\nvariables.now = \"x\"\n",
    "",
];

/// A step as one of the ways in which it can be written.
fn step(index: usize, needs: &[usize], operation: &str, line: &str, way: usize) -> String {
    let quoted = |it: &usize| format!("\"s{it}\"");
    let needs: Vec<String> = needs.iter().map(quoted).collect();
    let needs = match way % 3 {
        0 => format!("[{}]", needs.join(", ")),
        1 => format!("[\n  {},\n]", needs.join(",\n  ")),
        _ => format!("[\n  {} # last\n]", needs.join(", # one\n  ")),
    };
    let needs = match needs.contains('"') {
        true => format!("depends_on = {needs}\n"),
        false => String::new(),
    };
    let (key, body) = operation.split_once(" = ").expect("key = value");
    let operation = match way {
        0 => operation.to_owned(),
        1 => operation.replacen("{ ", "{\n    ", 1).replacen(
            " }",
            ",\n}",
            usize::from(operation.matches(" }").count() == 1),
        ),
        2 => {
            let inner = body.trim_start_matches("{ ").trim_end_matches(" }");
            let single = !inner.contains(['{', '[']) && !body.contains("{}");
            match single {
                true => format!("[step.{key}]\n{}", inner.replace("\", ", "\"\n")),
                false => operation.to_owned(),
            }
        }
        _ => operation.replace('"', "'"),
    };
    format!("[[step]]\nid = \"s{index}\"\n{needs}{line}\n{operation}\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_fix_of_random_recipes_mends(
        steps in prop::collection::vec(
            (prop::collection::vec(0..4usize, 0..4), 0..OPERATIONS.len(), 0..LINES.len(), 0..4usize),
            1..5,
        ),
        variables in 0..VARIABLES.len(),
        crlf in any::<bool>(),
        bom in any::<bool>(),
        recipe_first in any::<bool>(),
    ) {
        let mut text = VARIABLES[variables].to_owned();
        let head = "[recipe]\nname = \"x\"\nversion = \"1\"\n";
        if recipe_first && !text.starts_with("variables") {
            text.insert_str(0, head);
        }
        for (index, (needs, operation, line, way)) in steps.iter().enumerate() {
            text += &step(index, needs, OPERATIONS[*operation], LINES[*line], *way);
        }
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        if bom {
            text.insert(0, '\u{feff}');
        }
        check(&text);
    }
}
