//! Every fix, applied, removes what it was offered for and leaves TOML, in the one style if the text had that: on the
//! examples of all pages, on those of `examples/`, and on recipes put together at random in every way of writing.

mod common;

use common::pages::{FOLDER, examples, page};
use common::{Marked, apply};
use proptest::prelude::*;
use recipe::checks::{CHECKS, allow_here};
use recipe::diagnostic::{Diagnostic, Fix};
use recipe::{Analyser, Analysis, Facts, format};

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
    assert!(
        !is_formatted(before) || is_formatted(&after) || broken(&after) > 0,
        "the formatter would change what the fix writes: {}",
        what()
    );
    // What is mended in one place can come to light in another, and be said in other words: fewer are said of its
    // kind, or the same words less often.
    let left = after.diagnostics(&Facts::default());
    let fewer = |is: &dyn Fn(&&Diagnostic) -> bool| {
        left.iter().filter(is).count() < found.iter().filter(is).count()
    };
    let kind = |it: &&Diagnostic| it.code == diagnostic.code;
    let same = |it: &&Diagnostic| kind(it) && it.message == diagnostic.message;
    assert!(fewer(&same) || fewer(&kind), "{}", what());
}

fn is_formatted(analysis: &Analysis) -> bool {
    let indent = format::Indent::default();
    format::edits(&analysis.text, &analysis.tree, None, indent).is_empty()
}

fn formatted(text: &str) -> String {
    format::formatted(text, &recipe::syntax::parse(text))
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
            check(&formatted(&text));
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

#[test]
fn what_a_fix_puts_in_stands_where_somebody_would_put_it() {
    let head = "[recipe]\nname = \"x\"\n\n[variables]\na = \"1\"\n\n";
    for (step, title, mended) in [
        (
            "git_clone = {\n    depth = 1,\n}\n",
            "Add 'repo_url' and 'destination'",
            "git_clone = {\n    repo_url = \"\",\n    destination = \"\",\n    depth = 1,\n}\n",
        ),
        (
            "git_clone = { # from here\n  # not all\n  depth = 1,\n}\n",
            "Add 'repo_url' and 'destination'",
            "git_clone = { # from here\n  repo_url = \"\",\n  destination = \"\",\n  # not all\n  depth = 1,\n}\n",
        ),
        (
            "git_clone = {  }\n",
            "Add 'repo_url' and 'destination'",
            "git_clone = { repo_url = \"\", destination = \"\" }\n",
        ),
        (
            "git_clone = {depth = 1}\n",
            "Add 'repo_url' and 'destination'",
            "git_clone = { repo_url = \"\", destination = \"\", depth = 1}\n",
        ),
        (
            "# not all\ngit_clone.depth = 1\n",
            "Add 'repo_url' and 'destination'",
            "git_clone.repo_url = \"\"\ngit_clone.destination = \"\"\n# not all\ngit_clone.depth = 1\n",
        ),
        (
            "run_commands = { tmux_mode = \"existing\",commands = \"ls\" }\n",
            "Add 'session_name'",
            "run_commands = { tmux_mode = \"existing\", session_name = \"recipe\",commands = \"ls\" }\n",
        ),
        (
            "run_commands.tmux_mode = \"existing\" # why\nrun_commands.commands = \"ls\"\n",
            "Add 'session_name'",
            "run_commands.tmux_mode = \"existing\" # why\nrun_commands.session_name = \"recipe\"\nrun_commands.commands = \"ls\"\n",
        ),
        (
            "name = \"A step\" # what it does\nssh_command = { command = \"echo ${step.z.output}\" }\n",
            "Add 'z' to depends_on",
            "name = \"A step\" # what it does\ndepends_on = [\"z\"]\nssh_command = { command = \"echo ${step.z.output}\" }\n",
        ),
        (
            "depends_on = [\n    \"y\", # last\n]\nssh_command = { command = \"echo ${step.z.output}\" }\n",
            "Add 'z' to depends_on",
            "depends_on = [\n    \"y\", # last\n    \"z\",\n]\nssh_command = { command = \"echo ${step.z.output}\" }\n",
        ),
        (
            "depends_on = [\n    \"y\" # last\n]\nssh_command = { command = \"echo ${step.z.output}\" }\n",
            "Add 'z' to depends_on",
            "depends_on = [\n    \"y\", # last\n    \"z\",\n]\nssh_command = { command = \"echo ${step.z.output}\" }\n",
        ),
        (
            "ssh_command = { command = \"ls\", workdir = \"${data}\" }\n",
            "Add 'data' to [variables]",
            "ssh_command = { command = \"ls\", workdir = \"${data}\" }\n",
        ),
    ] {
        let step = format!("[[step]]\nid = \"s\"\n{step}");
        let others = ["y", "z"]
            .map(|id| format!("\n[[step]]\nid = \"{id}\"\nsleep = {{ duration_secs = 1 }}\n"));
        let text = format!("{head}{step}{}", others.concat());
        let found = analyse(&text).diagnostics(&Facts::default());
        let titles: Vec<&str> = found
            .iter()
            .flat_map(|it| &it.fixes)
            .map(|fix| fix.title.as_str())
            .collect();
        let mut fixes = found.iter().flat_map(|it| &it.fixes);
        let fix = fixes.find(|fix| fix.title == title);
        let fix = fix.unwrap_or_else(|| panic!("{title} is not among {titles:?} for\n{text}"));
        let right = match title.ends_with("[variables]") {
            true => text.replace("a = \"1\"\n", "a = \"1\"\ndata = \"\"\n"),
            false => text.replace(&step, &format!("[[step]]\nid = \"s\"\n{mended}")),
        };
        assert_eq!(apply(&text, [fix]), right);
        check(&text);
    }
}

#[test]
fn too_many_dependencies_for_a_line_get_one_each() {
    let ids: Vec<String> = (0..9).map(|it| format!("\"a-step-{it}\"")).collect();
    let steps = ids
        .iter()
        .map(|id| format!("[[step]]\nid = {id}\nsleep = {{ duration_secs = 1 }}\n\n"));
    let needs = ids[..7].join(", ");
    let text = format!(
        "[recipe]\nname = \"x\"\n\n{}[[step]]\nid = \"s\"\ndepends_on = [{needs}]\n\
         ssh_command = {{ command = \"echo ${{step.a-step-8.output}}\" }}\n",
        steps.collect::<String>()
    );
    check(&text);
    let found = analyse(&text).diagnostics(&Facts::default());
    let fix = found.iter().flat_map(|it| &it.fixes).next();
    let mended = apply(&text, fix);
    assert!(
        mended.contains("\n    \"a-step-6\",\n    \"a-step-8\",\n]\n"),
        "{mended}"
    );
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
        check(&formatted(&text));
    }
}
