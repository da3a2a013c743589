//! `# doppio: allow(code)`: what it covers, and how one is written.

mod common;

use common::{apply, check, diagnostics};
use expect_test::expect;
use recipe::checks::{Levels, allow_here};
use recipe::diagnostic::Severity;
use recipe::{Analyser, PlanOptions, plan};

const HEAD: &str = "[recipe]\nname = \"x\"\n";
const LOGIN: &str = "ssh_command = { command = \"login --token ${secret:a/b}\" }\n";

/// The codes found in `text`.
fn codes(text: &str) -> Vec<&'static str> {
    diagnostics(text).iter().map(|it| it.code).collect()
}

#[test]
fn it_counts_for_what_comes_next() {
    let allow = "# doppio: allow(secret-in-argument)\n";
    let step = |id: &str| format!("[[step]]\nid = \"{id}\"\n");
    let (a, b) = (step("a"), step("b"));
    let hint = "secret-in-argument";
    for (text, expected) in [
        (format!("{HEAD}{a}{LOGIN}{b}{LOGIN}"), vec![hint, hint]),
        (format!("{HEAD}{a}{allow}{LOGIN}{b}{LOGIN}"), vec![hint]),
        (format!("{HEAD}{allow}{a}{LOGIN}{b}{LOGIN}"), vec![hint]),
        (format!("{allow}\n{HEAD}{a}{LOGIN}{b}{LOGIN}"), vec![]),
        (
            format!("\u{feff}# A recipe.\n{allow}{HEAD}{a}{LOGIN}{b}{LOGIN}"),
            vec![],
        ),
        (
            format!("\u{feff}[[step]] {allow}id = \"a\"\n{LOGIN}{HEAD}{b}{LOGIN}"),
            vec![hint],
        ),
        (
            format!("{HEAD}{a}{allow}# and more\n\n{LOGIN}{b}{LOGIN}"),
            vec![hint],
        ),
        (
            format!(
                "{HEAD}{a}{}{b}{LOGIN}",
                LOGIN.replace('\n', &format!(" {allow}"))
            ),
            vec![hint],
        ),
        (
            format!(
                "{HEAD}{}{LOGIN}{b}{LOGIN}",
                a.replace("]]\n", &format!("]] {allow}"))
            ),
            vec![hint],
        ),
        (
            format!("{HEAD}{a}{LOGIN}{allow}"),
            vec![hint, "unused-allow"],
        ),
        (format!("{HEAD}{a}{LOGIN}{allow}{b}{LOGIN}"), vec![hint]),
        (
            format!("{HEAD}{a}# doppio: allow(near-variable)\n{LOGIN}"),
            vec!["unused-allow", hint],
        ),
        (
            format!("{HEAD}{a}# doppio: this is the login\n{LOGIN}"),
            vec![hint],
        ),
        (
            format!("{HEAD}{a}# doppio: allow secret-in-argument\n{LOGIN}"),
            vec!["bad-allow", hint],
        ),
        (
            format!("{HEAD}{a}# doppio: allow()\n{LOGIN}"),
            vec!["bad-allow", hint],
        ),
        (
            format!(
                "# doppio: allow(unused-allow)\n{HEAD}{a}# doppio: allow(near-variable)\n{LOGIN}"
            ),
            vec![hint],
        ),
        (
            format!("{HEAD}{a}# doppio: allow(unused-allow)\n{LOGIN}"),
            vec!["unused-allow", hint],
        ),
    ] {
        assert_eq!(codes(&text), expected, "{text}");
    }
}

#[test]
fn it_counts_inside_of_tables_and_arrays() {
    let text =
        |inside: &str| format!("{HEAD}[[step]]\nid = \"a\"\nrun_commands = {{\n{inside}}}\n");
    let (command, env) = (
        "commands = \"login --token ${secret:a/b}\",\n",
        "env = { A = \"${env.API_TOKEN}\" },\n",
    );
    let allow = "# doppio: allow(secret-in-argument, env-credential)\n";
    let both = ["secret-in-argument", "env-credential"];
    assert_eq!(codes(&text(&format!("{command}{env}"))), both);
    let first = text(&format!("{allow}{command}{env}"));
    assert_eq!(codes(&first), ["unused-allow", "env-credential"], "{first}");
    let last = text(&format!("{command}{env}{allow}"));
    let unused = ["unused-allow", "unused-allow"];
    assert_eq!(codes(&last), [both, unused].concat(), "{last}");
    // The sub-table of a step is part of it.
    let sub = format!(
        "{HEAD}# doppio: allow(secret-in-argument)\n[[step]]\nid = \"a\"\n[step.run_commands]\n{}",
        command.replace(",\n", "\n")
    );
    assert_eq!(codes(&sub), [""; 0], "{sub}");
    // A string that only looks like a comment is none.
    let string = text(
        "commands = '''\n# doppio: allow(secret-in-argument)\nlogin --token ${secret:a/b}\n''',\n",
    );
    assert_eq!(codes(&string), ["secret-in-argument"], "{string}");
}

#[test]
fn an_error_is_never_allowed() {
    let text = "# doppio: allow(unknown-step)\n[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\n\
                depends_on = [\"b\"]\nsleep = { duration_secs = 1 }\n";
    assert_eq!(codes(text), ["bad-allow", "unknown-step"]);
    let analysis = Analyser::default().analyse(text.into(), None);
    assert!(plan(&analysis, &PlanOptions::default()).is_err());
}

#[test]
fn what_is_allowed_can_be_written_for_everything_that_can_be() {
    let text = format!(
        "{HEAD}[[step]]\r\nid = \"a\"\r\n  run_commands = {{\r\n    env = {{ A = \"${{env.API_TOKEN}}\" }},\r\n    \
         commands = '''\r\nlogin --token ${{secret:a/b}}\r\n''' }}\r\n[[step]]\r\nid = \"b\"\r\ndepends_on = [\"c\"]\r\n\
         sleep = {{ duration_secs = 1 }}\r\n"
    )
    .replace("\r\n", "\n")
    .replace('\n', "\r\n");
    let mut mended = text.clone();
    for _ in 0..2 {
        let analysis = Analyser::default().analyse(mended.as_str().into(), None);
        let found = analysis.text_diagnostics();
        let fix = found
            .iter()
            .find_map(|it| allow_here(&analysis, it))
            .expect("a fix");
        mended = apply(&mended, [&fix]);
    }
    expect![[r#"
        [recipe]
        name = "x"
        [[step]]
        id = "a"
          # doppio: allow(env-credential, secret-in-argument)
          run_commands = {
            env = { A = "${env.API_TOKEN}" },
            commands = '''
        login --token ${secret:a/b}
        ''' }
        [[step]]
        id = "b"
        depends_on = ["c"]
        sleep = { duration_secs = 1 }
    "#]]
    .assert_eq(&mended.replace("\r\n", "\n"));
    assert_eq!(mended.matches("\r\n").count(), mended.matches('\n').count());
    assert_eq!(codes(&mended), ["unknown-step"]);
    let analysis = Analyser::default().analyse(mended.as_str().into(), None);
    assert_eq!(allow_here(&analysis, &analysis.text_diagnostics()[0]), None);
}

#[test]
fn what_is_unused_is_taken_out() {
    let mut text = format!(
        "{HEAD}[[step]]\nid = \"a\" # doppio: allow(near-variable)\n# doppio: allow(env-credential, near-variable) why\n\
         sleep = {{ duration_secs = 1 }}\n"
    );
    expect![[r#"
        4: hint[unused-allow] "near-variable" nothing here is reported as 'near-variable'
           fix: Remove it
        5: hint[unused-allow] "env-credential" nothing here is reported as 'env-credential'
           fix: Remove it
        5: hint[unused-allow] "near-variable" nothing here is reported as 'near-variable'
           fix: Remove it
    "#]]
    .assert_eq(&check(&text));
    while let Some(found) = diagnostics(&text).first() {
        text = apply(&text, [&found.fixes[0]]);
    }
    assert_eq!(
        text,
        format!("{HEAD}[[step]]\nid = \"a\"\nsleep = {{ duration_secs = 1 }}\n")
    );
}

#[test]
fn levels_can_be_chosen_but_an_error_stays_one() {
    let text = format!("{HEAD}version = \"one\"\n[[step]]\nid = \"a\"\n{LOGIN}");
    let levels = |levels: &Levels| -> Vec<_> {
        let found = levels.apply(diagnostics(&text));
        found.iter().map(|it| (it.code, it.severity)).collect()
    };
    let mut chosen = Levels::default();
    chosen.deny_warnings();
    let (version, secret) = ("version-not-semver", "secret-in-argument");
    assert_eq!(
        levels(&chosen),
        [(version, Severity::Hint), (secret, Severity::Error)]
    );
    chosen.set(secret, None).expect("it is a warning");
    chosen
        .set(version, Some(Severity::Warning))
        .expect("it is a hint");
    assert_eq!(levels(&chosen), [(version, Severity::Warning)]);
    let error = chosen.set("unknown-stpe", None).expect_err("no check");
    assert_eq!(
        error,
        "there is no check 'unknown-stpe'; did you mean 'unknown-step'?"
    );
    let error = chosen
        .set("unknown-step", Some(Severity::Hint))
        .expect_err("an error");
    assert_eq!(
        error,
        "'unknown-step' cannot be less than an error: a recipe with it does not run"
    );
}
