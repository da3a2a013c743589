//! What the pages of the checks are too short for: combinations, and what fixes write where.

mod common;

use common::{apply, check, diagnostics};
use expect_test::{Expect, expect};
use recipe::language::OPERATIONS;

/// `text` after the first fix of every diagnostic.
fn fixed(text: &str) -> String {
    let found = diagnostics(text);
    let fixes: Vec<_> = found.iter().filter_map(|it| it.fixes.first()).collect();
    assert!(!fixes.is_empty(), "there is something to mend in\n{text}");
    apply(text, fixes)
}

fn expect_found(text: &str, expected: Expect) {
    expected.assert_eq(&check(text));
}

fn expect_fixed(text: &str, expected: Expect) {
    let mended = fixed(text);
    let lines = |text: &str, end: &str| text.matches(end).count();
    if text.contains("\r\n") {
        assert_eq!(
            lines(&mended, "\r\n"),
            lines(&mended, "\n"),
            "line ends stay as they were"
        );
    }
    expected.assert_eq(&mended.replace("\r\n", "\n"));
}

#[test]
fn a_misspelt_operation_is_one_mistake() {
    expect_found(
        "[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\nslep = { duration_secs = 1 }\n",
        expect![[r#"
            5: error[unknown-key] "slep" a step has no key 'slep'; did you mean 'sleep'?
               fix: Change to 'sleep'
        "#]],
    );
}

#[test]
fn a_misspelt_key_is_one_mistake() {
    let step = "[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\n";
    for operation in [
        "ssh_command = { comand = \"ls\" }",
        "[step.ssh_command]\ncomand = \"ls\"",
    ] {
        let found = diagnostics(&format!("{step}{operation}\n"));
        let codes: Vec<_> = found.iter().map(|it| it.code).collect();
        assert_eq!(codes, ["unknown-key"], "{operation}");
    }
    expect_found(
        &format!("{step}git_clone = {{ repo-url = \"https://a/b\" }}\n"),
        expect![[r#"
            5: error[missing-key] "{ repo-url = \"https://a/b\" }" 'git_clone' needs the key 'destination': the folder it is cloned into
               fix: Add 'destination'
            5: error[unknown-key] "repo-url" 'git_clone' has no key 'repo-url'; did you mean 'repo_url'?
               fix: Change to 'repo_url'
        "#]],
    );
    expect_found(
        "[[step]]\nnaem = \"x\"\nsleep = { duration_secs = 1 }\n[recipe]\nversion = \"1.0.0\"\n",
        expect![[r#"
            1: error[missing-key] "[[step]]" a step needs the key 'id': the name by which other steps refer to this one: letters, digits, `_` and `-`, unique
               fix: Add 'id'
            2: error[unknown-key] "naem" a step has no key 'naem'; did you mean 'name'?
               fix: Change to 'name'
            4: error[missing-key] "[recipe]" [recipe] needs the key 'name': what the recipe is called. Not blank
               fix: Add 'name'
        "#]],
    );
}

#[test]
fn a_word_that_is_cut_short_or_goes_on_is_known() {
    let nearest = |word: &str| {
        let found = diagnostics(&format!(
            "[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\nnotify = {{ title = \"x\", level = \"{word}\" }}\n"
        ));
        found[0].fixes.first().map(|fix| fix.title.clone())
    };
    for (word, right) in [
        ("warn", "warning"),
        ("information", "info"),
        ("err", "error"),
        ("SUCC", "success"),
    ] {
        assert_eq!(
            nearest(word),
            Some(format!("Change to '{right}'")),
            "{word}"
        );
    }
    assert_eq!(nearest("in"), None);
    assert_eq!(nearest("critical"), None);
}

#[test]
fn what_is_half_typed_is_one_mistake() {
    let begin = "[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\nsleep = { duration_secs = 1 }\n";
    for typed in [
        "dep",
        "when = \"${secret:",
        "[[st",
        "depends_on = [\"",
        "retry = { max_atempts",
    ] {
        let found = diagnostics(&format!("{begin}{typed}"));
        let codes: Vec<_> = found.iter().map(|it| it.code).collect();
        assert_eq!(codes, ["toml-syntax"], "{typed}");
    }
}

#[test]
fn a_recipe_without_its_table_gets_one() {
    expect_fixed(
        "[[step]]\r\nid = \"a\"\r\nsleep = { duration_secs = 1 }\r\n",
        expect![[r#"
            [recipe]
            name = "unnamed"

            [[step]]
            id = "a"
            sleep = { duration_secs = 1 }
        "#]],
    );
}

#[test]
fn keys_are_put_into_empty_and_full_tables_and_below_headers() {
    expect_fixed(
        "[recipe] # nameless\r\nversion = \"1.0.0\"\r\n[[step]]\r\nssh_command = {}\r\n[[step]]\r\nid = \"step-1\"\r\n\
         tmux_new = { command = \"true\" }\r\n[[step]]\r\nid = \"c\"\r\n[step.sleep]\r\n",
        expect![[r#"
            [recipe] # nameless
            name = "unnamed"
            version = "1.0.0"
            [[step]]
            id = "step-2"
            ssh_command = { command = "" }
            [[step]]
            id = "step-1"
            tmux_new = { session_name = "", command = "true" }
            [[step]]
            id = "c"
            [step.sleep]
            duration_secs = 1
        "#]],
    );
}

#[test]
fn every_operation_gets_all_that_it_lacks_at_once() {
    for operation in OPERATIONS {
        let required = operation
            .params
            .iter()
            .filter(|param| param.required)
            .count();
        let head = "[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\n";
        for text in [
            format!("{head}{} = {{}}\n", operation.name),
            format!("{head}[step.{}]\n", operation.name),
        ] {
            let found = diagnostics(&text);
            let missing: Vec<_> = found.iter().filter(|it| it.code == "missing-key").collect();
            assert_eq!(missing.len(), required.min(1), "{text}");
            for diagnostic in missing {
                let after = apply(&text, &diagnostic.fixes);
                let left = diagnostics(&after);
                let codes: Vec<&str> = left.iter().map(|it| it.code).collect();
                let is_form = |code: &&str| {
                    matches!(
                        *code,
                        "missing-key"
                            | "toml-syntax"
                            | "variant-count"
                            | "wrong-type"
                            | "unknown-key"
                    )
                };
                assert!(!codes.iter().any(is_form), "{codes:?}\n{after}");
            }
        }
    }
}

#[test]
fn dependencies_are_added_to_lists_of_any_form() {
    let step = |id: &str, depends_on: &str| {
        format!(
            "[[step]]\nid = \"{id}\"\n{depends_on}ssh_command = {{ command = \"echo ${{step.a.output}}\" }}\n"
        )
    };
    let text = "[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\nsleep = { duration_secs = 1 }\n[[step]]\nid = \"b\"\n\
                sleep = { duration_secs = 1 }\n"
        .to_owned()
        + &step("none", "")
        + &step("empty", "depends_on = []\n")
        + &step("one", "depends_on = ['b']\n")
        + &step("lines", "depends_on = [\n  \"b\", # why\n]\n");
    let mended = fixed(&text);
    assert_eq!(diagnostics(&mended), [], "{mended}");
    let lists = mended
        .lines()
        .filter(|line| line.contains("\"a\"") && !line.starts_with("id"));
    assert_eq!(
        lists.collect::<Vec<_>>(),
        [
            "depends_on = [\"a\"]",
            "depends_on = [\"a\"]",
            "depends_on = ['b', \"a\"]",
            "  \"a\","
        ]
    );
}

#[test]
fn a_dependency_that_would_close_a_cycle_is_not_offered() {
    expect_found(
        "[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\nssh_command = { command = \"echo ${step.b.output}${step.a.output}\" }\n\
         [[step]]\nid = \"b\"\ndepends_on = [\"a\"]\nsleep = { duration_secs = 1 }\n",
        expect![[r#"
            5: error[step-not-a-dependency] "b" 'b' waits for this step, so it can have no result yet when this one runs
            5: error[step-not-a-dependency] "a" a step has no result before it has run, so it cannot use its own
        "#]],
    );
}

#[test]
fn a_step_is_renamed_wherever_it_is_named() {
    expect_fixed(
        "[recipe]\nname = \"x\"\n[[step]]\nid = \"get it\"\nssh_command = { command = \"true\" }\n\
         [[step]]\nid = \"b\"\ndepends_on = ['get it']\nsleep = { duration_secs = 1 }\n",
        expect![[r#"
            [recipe]
            name = "x"
            [[step]]
            id = "get-it"
            ssh_command = { command = "true" }
            [[step]]
            id = "b"
            depends_on = ['get-it']
            sleep = { duration_secs = 1 }
        "#]],
    );
}

#[test]
fn places_are_exact_in_escapes_and_lines() {
    expect_found(
        "[recipe]\nname = \"x\"\n[variables]\nfolder = \"/data\"\n[[step]]\nid = \"a\"\nssh_command = { command = \"true\", \
         workdir = \"\\u00e4\\t${fold\\u0065} \\\\ ${foldr}\", env = { A = '''\n\n${foldr}''', B = \"\"\"x\\\n   ${foldr}\"\"\" } }\n",
        expect![[r#"
            7: error[unknown-variable] "fold\\u0065" no variable is named 'folde'; did you mean 'folder'?
               fix: Change to 'folder'
               fix: Add 'folde' to [variables]
            7: error[unknown-variable] "foldr" no variable is named 'foldr'; did you mean 'folder'?
               fix: Change to 'folder'
               fix: Add 'foldr' to [variables]
            9: error[unknown-variable] "foldr" no variable is named 'foldr'; did you mean 'folder'?
               fix: Change to 'folder'
               fix: Add 'foldr' to [variables]
            10: error[unknown-variable] "foldr" no variable is named 'foldr'; did you mean 'folder'?
               fix: Change to 'folder'
               fix: Add 'foldr' to [variables]
        "#]],
    );
}

#[test]
fn a_secret_is_one_however_many_variables_carry_it() {
    expect_found(
        "[recipe]\nname = \"x\"\n[variables]\na = \"Bearer ${b}\"\nb = \"${c}\"\nc = \"${secret:acme/key}\"\n[[step]]\nid = \"s\"\n\
         when = \"${a} == x\"\nssh_command = { command = \"true\", workdir = \"/${b}\", host_id = \"${c}\", env = { A = \"${a}\" } }\n\
         [[step]]\nid = \"keys\"\ntmux_send = { session_name = \"${c}\", keys = \"${a}\" }\n\
         [[step]]\nid = \"set\"\nset_var = { name = \"d\", value = \"${secret:acme/key}\" }\n",
        expect![[r#"
            9: error[secret-not-allowed] "${a}" 'a' holds the secret 'acme/key', which cannot stand here: a condition decides what is shown as skipped, and would tell about the value
            10: error[secret-not-allowed] "${b}" 'b' holds the secret 'acme/key', which cannot stand here: paths and patterns are shown, logged and passed as arguments
            10: error[secret-not-allowed] "${c}" 'c' holds the secret 'acme/key', which cannot stand here: host ids are shown and logged
            13: error[secret-not-allowed] "${c}" 'c' holds the secret 'acme/key', which cannot stand here: everybody on the host can list the names of sessions
            13: error[secret-not-allowed] "${a}" 'a' holds the secret 'acme/key', which cannot stand here: what is typed stays on the session's screen and in its history. Start the command with tmux_new, which takes env = { TOKEN = "${secret:…}" }
            16: hint[unused-capture] "d" nothing reads 'd'
            16: error[secret-not-allowed] "${secret:acme/key}" a secret cannot stand here: it would be shown, stored or passed as an argument. Secrets may stand in shell text, env, auth_token, and url, headers and body of http_request
        "#]],
    );
}

#[test]
fn what_belongs_to_the_shell_is_left_to_it() {
    let text = "[recipe]\nname = \"x\"\n[variables]\nmodel = \"m\"\nhome = \"h\"\npaths = \"p\"\n[[step]]\nid = \"a\"\n\
                run_commands = { env = { MODEL = \"${model}\", USED = \"${home}${paths}\" }, commands = '''\necho ${MODEL} ${#HOME} ${models[0]} ${MODELS:-x} $modle\n\
                read -r modle; echo ${modle}\nfor path in ${PATH}; do echo ${path}; done\n''' }\n";
    assert_eq!(check(text), "");
}

#[test]
fn a_ring_of_very_many_steps_is_one_cycle() {
    let steps = 30_000;
    let mut text = "[recipe]\nname = \"ring\"\n".to_owned();
    for step in 0..steps {
        let before = (step + steps - 1) % steps;
        text += &format!(
            "[[step]]\nid = \"s{step}\"\ndepends_on = [\"s{before}\"]\nsleep = {{ duration_secs = 1 }}\n"
        );
    }
    let found = diagnostics(&text);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].code, found[0].related.len()),
        ("dependency-cycle", steps)
    );
    assert!(found[0].message.len() < 200, "{}", found[0].message);
}
