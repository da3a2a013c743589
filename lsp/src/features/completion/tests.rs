use super::*;
use crate::features::testing::{at_cursor, locked, secrets, unreachable, world};

fn items(text: &str, snippets: bool) -> (Analysis, Vec<Item>) {
    let (analysis, offset) = at_cursor(text);
    let secrets = secrets();
    let items = complete(&analysis, offset, &world(&secrets, snippets));
    for item in &items {
        let replaced = &analysis.text[item.replace.range()];
        let typed = &analysis.text[item.replace.start..offset];
        assert!(
            item.replace.touches(offset),
            "{item:?} is not at the cursor"
        );
        assert!(
            !replaced.contains('\n'),
            "{item:?} is on more than one line"
        );
        let could_be_it = item.filter.starts_with(typed) || !"[[step]]".starts_with(typed);
        assert!(
            could_be_it || typed.len() > 1,
            "{item:?} would be filtered away at once"
        );
    }
    (analysis, items)
}

/// The labels at `$0`.
fn check(text: &str) -> Vec<String> {
    items(text, false)
        .1
        .into_iter()
        .map(|item| item.label)
        .collect()
}

/// The text once the item of that label is picked at `$0`.
fn picked(text: &str, label: &str, snippets: bool) -> String {
    let (analysis, items) = items(text, snippets);
    let item = items.iter().find(|item| item.label == label);
    let item = item.unwrap_or_else(|| panic!("no {label} among {items:#?}"));
    let mut text = analysis.text.to_string();
    text.replace_range(item.replace.range(), &item.insert);
    text
}

/// The same in a client without snippets.
fn plain(text: &str, label: &str) -> String {
    picked(text, label, false)
}

#[test]
fn secrets_that_are_there_come_before_well_known_ones() {
    let text = "[[step]]\nid = 'a'\nssh_command = { command = \"x ${secret:$0\" }";
    let labels = check(text);
    assert_eq!(labels[..3], ["mine/key", "wandb/api_key", "github/token"]);
    let (_, items) = items(text, false);
    let of = |label: &str| items.iter().find(|item| item.label == label).expect(label);
    assert_eq!(of("mine/key").detail.as_deref(), Some("keychain"));
    assert_eq!(
        of("mine/key").documentation.as_deref(),
        Some("`The key of the shed`")
    );
    let variable = "environment variable DOPPIO_SECRET_WANDB_API_KEY";
    assert_eq!(of("wandb/api_key").detail.as_deref(), Some(variable));
    assert_eq!(of("github/token").detail.as_deref(), Some("not stored"));
    let how = of("github/token").documentation.clone().unwrap_or_default();
    assert!(how.contains("doppio secret set github/token"), "{how}");
    assert_eq!(
        labels
            .iter()
            .filter(|label| *label == "wandb/api_key")
            .count(),
        1
    );
}

#[test]
fn a_locked_keychain_still_completes() {
    let (analysis, offset) = at_cursor("[variables]\na = '${secret:$0}'");
    let secrets = locked();
    let items = complete(&analysis, offset, &world(&secrets, false));
    let detail = items[0].detail.clone().unwrap_or_default();
    assert!(
        detail.starts_with("keychain: ") && detail.ends_with("as of 2026-02-03"),
        "{detail}"
    );
}

#[test]
fn what_keeps_the_keychain_away_is_said_where_there_is_room() {
    for text in [
        "[variables]\na = '${secret:$0}'",
        "[[step]]\ngit_clone = { auth_token = '$0' }",
    ] {
        let (analysis, offset) = at_cursor(text);
        let secrets = unreachable();
        let items = complete(&analysis, offset, &world(&secrets, false));
        let token = items.iter().find(|it| it.label.contains("github/token"));
        let token = token.expect("it is offered");
        assert_eq!(token.detail.as_deref(), Some("keychain not reachable"));
        let more = token.documentation.as_deref().unwrap_or_default();
        assert!(more.contains("dbus-run-session"), "{more}");
    }
}

#[test]
fn a_secret_replaces_the_word_around_the_cursor_and_closes_the_brace_once() {
    let step = |text: &str| format!("[[step]]\nid = 'a'\nssh_command = {{ command = {text} }}\n");
    let cases = [
        ("\"${secret:$0\"", "\"${secret:mine/key}\""),
        ("\"${secret:$0}\"", "\"${secret:mine/key}\""),
        ("'${secret:mi$0ne/k}'", "'${secret:mine/key}'"),
        (
            "'''\nls ${secret:$0 && ls\n'''",
            "'''\nls ${secret:mine/key} && ls\n'''",
        ),
        (
            "\"\"\"a\\\n${secret:m$0}\"\"\"",
            "\"\"\"a\\\n${secret:mine/key}\"\"\"",
        ),
    ];
    for (before, after) in cases {
        assert_eq!(plain(&step(before), "mine/key"), step(after));
    }
    assert_eq!(
        plain(
            "[[step]]\nssh_command = { command = \"${secret:$0",
            "mine/key"
        ),
        "[[step]]\nssh_command = { command = \"${secret:mine/key}"
    );
    assert_eq!(
        plain(&step("\"${$0\""), "secret:mine/key"),
        step("\"${secret:mine/key}\"")
    );
    assert_eq!(
        plain(&step("\"x $$0\""), "secret:mine/key"),
        step("\"x ${secret:mine/key}\"")
    );
}

#[test]
fn no_secret_where_none_may_stand() {
    let text = "[[step]]\nid = 'a'\nssh_command = { command = 'x', workdir = \"${$0\" }";
    assert!(
        check(text)
            .iter()
            .all(|label| !label.starts_with("secret:"))
    );
    let text = "[[step]]\nid = 'a'\nssh_command = { command = 'x', workdir = \"${secret:$0\" }";
    assert_eq!(check(text), [""; 0]);
}

#[test]
fn references_to_variables_and_results() {
    let text = "[variables]\nmodel = 'bert'\n[[step]]\nid = 'a'\nssh_command = { command = 'ls', capture_output = 'files' }\n\
                [[step]]\nid = 'b'\ndepends_on = ['a']\nssh_command = { command = 'echo ${$0' }\n[[step]]\nid = 'c'\nsleep = { duration_secs = 1 }";
    let labels = check(text);
    let expected = [
        "files",
        "model",
        "target",
        "now",
        "step.a.output",
        "step.a.exit_code",
    ];
    assert_eq!(labels[..6], expected);
    assert!(
        !labels
            .iter()
            .any(|label| label.starts_with("step.c") || label.starts_with("step.b"))
    );
    assert!(plain(text, "step.a.output").contains("echo ${step.a.output}'"));
}

#[test]
fn results_of_steps_that_it_does_not_wait_for_yet() {
    let step = |id: &str| format!("[[step]]\nid = '{id}'\nsleep = {{ duration_secs = 1 }}\n");
    let own = "[[step]]\nid = 'own'\nssh_command = { command = 'echo ${step.$0' }\n";
    let later = "[[step]]\nid = 'later'\ndepends_on = ['own']\nsleep = { duration_secs = 1 }\n";
    let labels = check(&format!("{}{own}{later}", step("a")));
    let results = labels.iter().filter(|label| label.starts_with("step."));
    let results: Vec<&String> = results.collect();
    assert_eq!(results, ["step.a.output", "step.a.exit_code"]);
}

#[test]
fn variables_know_each_other_but_no_step() {
    let text = "[variables]\na = '1'\nb = '${$0}'\n[[step]]\nid = 's'\nset_var = { name = 'c', value = 'x' }";
    let labels = check(text);
    assert!(labels.contains(&"a".to_owned()));
    for other in ["b", "c", "step.s.output"] {
        assert!(!labels.contains(&other.to_owned()), "{other}");
    }
}

#[test]
fn no_reference_where_strings_are_not_scanned() {
    assert_eq!(check("[recipe]\nname = '${$0'"), [""; 0]);
    assert_eq!(check("[[step]]\nid = '${$0'"), [""; 0]);
}

#[test]
fn keys_that_are_missing() {
    assert_eq!(
        check("[recipe]\nna$0\nversion = '1'")[..2],
        ["name", "description"]
    );
    let labels = check("[[step]]\nid = 'a'\n$0\nwhen = 'x'");
    assert_eq!(labels[..3], ["name", "depends_on", "retry"]);
    assert!(labels.contains(&"git_clone".to_owned()) && labels.contains(&"[[step]]".to_owned()));
    assert!(!labels.contains(&"id".to_owned()) && !labels.contains(&"when".to_owned()));
    let labels = check("[[step]]\nid = 'a'\nsleep = { duration_secs = 1 }\n$0");
    assert!(
        !labels.contains(&"ssh_command".to_owned()),
        "one operation is enough: {labels:?}"
    );
    assert_eq!(
        check("[[step]]\nssh_command = { workdir = '/', $0 }")[..2],
        ["command", "host_id"]
    );
    assert_eq!(
        check("[[step]]\nretry = { max_attempts = 3, $0 }"),
        ["delay_secs", "backoff_multiplier"]
    );
    assert_eq!(
        check("[[step]]\ntransfer = { source = { $0 } }"),
        ["local", "host", "storage"]
    );
    assert_eq!(
        check("[[step]]\ntransfer = { source = { local = { $0 } } }"),
        ["path"]
    );
    assert_eq!(
        check("[[step]]\nassert = { condition = { not = { gpu$0 } } }").len(),
        13
    );
    assert_eq!(
        check("[[step]]\nssh_command = { command = 'x', env = { $0 } }"),
        [""; 0]
    );
}

#[test]
fn a_key_keeps_the_value_that_follows_it() {
    assert_eq!(
        plain("[recipe]\nna$0 = 'x'", "name"),
        "[recipe]\nname = 'x'"
    );
    assert_eq!(plain("[recipe]\nna$0", "name"), "[recipe]\nname = ");
    assert_eq!(
        plain("[recipe]\nve$0rs\n", "version"),
        "[recipe]\nversion = \n"
    );
}

#[test]
fn operations_are_snippets_where_the_client_takes_them() {
    let text = "[[step]]\nid = 'a'\n$0";
    assert_eq!(
        picked(text, "ssh_command", true),
        "[[step]]\nid = 'a'\nssh_command = { command = \"${1:}\" }$0"
    );
    assert_eq!(
        picked(text, "run_commands", true),
        "[[step]]\nid = 'a'\nrun_commands = { commands = \"\"\"\n${1:}\n\"\"\" }$0"
    );
    assert_eq!(
        picked(text, "vast_stop", true),
        "[[step]]\nid = 'a'\nvast_stop = {}$0"
    );
    assert_eq!(
        picked(text, "http_request", true),
        "[[step]]\nid = 'a'\nhttp_request = { method = \"${1|GET,POST,PUT,DELETE,PATCH|}\", url = \"${2:}\" }$0"
    );
    assert_eq!(
        picked(text, "ssh_command", false),
        "[[step]]\nid = 'a'\nssh_command = "
    );
}

#[test]
fn headers() {
    assert_eq!(
        check("[recipe]\nname = 'a'\n[[st$0"),
        ["[[step]]", "[target]", "[variables]"]
    );
    assert_eq!(plain("[[st$0\nid = 'a'", "[[step]]"), "[[step]]\nid = 'a'");
    assert_eq!(plain("$0", "[recipe]"), "[recipe]");
    assert_eq!(plain("[$0]", "[variables]"), "[variables]");
}

#[test]
fn words_of_an_enumeration() {
    assert_eq!(check("[target]\ntype = \"$0\"")[..2], ["any", "local"]);
    assert_eq!(
        plain("[target]\ntype = $0", "local"),
        "[target]\ntype = \"local\""
    );
    assert_eq!(
        plain("[target]\ntype = \"lo$0c\"", "local"),
        "[target]\ntype = \"local\""
    );
    assert_eq!(
        plain("[target]\ntype = \"lo$0\n", "local"),
        "[target]\ntype = \"local\"\n"
    );
    assert_eq!(
        check("[[step]]\ncontinue_on_failure = $0"),
        ["true", "false"]
    );
    assert_eq!(
        check("[[step]]\nassert = { condition = $0 }"),
        ["always", "never"]
    );
    assert_eq!(
        check("[[step]]\nssh_command = { command = '', host_id = '$0' }"),
        ["${target}", "local", "gpu-1"]
    );
}

#[test]
fn step_ids_without_those_that_would_close_a_cycle() {
    let text = "[[step]]\nid = 'a'\ndepends_on = [DEPENDS]\nsleep = { duration_secs = 1 }\n\
                [[step]]\nid = 'b'\ndepends_on = ['a']\nsleep = { duration_secs = 1 }\n\
                [[step]]\nid = 'c'\nsleep = { duration_secs = 1 }\n[[step]]\nid = 'd'\nsleep = { duration_secs = 1 }";
    assert_eq!(check(&text.replace("DEPENDS", "\"$0\"")), ["c", "d"]);
    assert_eq!(check(&text.replace("DEPENDS", "'c', $0")), ["d"]);
    let picked = plain(&text.replace("DEPENDS", "'c', $0"), "d");
    assert!(picked.contains("depends_on = ['c', \"d\"]"), "{picked}");
    let bare = "[[step]]\nid = 'a'\n[[step]]\nid = 'b'\ndepends_on = $0";
    assert!(plain(bare, "a").ends_with("depends_on = [\"a\"]"));
}

#[test]
fn nothing_in_comments_and_other_places() {
    assert_eq!(check("# ${secret:$0"), [""; 0]);
    assert_eq!(check("[[step]]\nid = 'a' $0"), [""; 0]);
    assert_eq!(check("[other]\n$0 = 1"), [""; 0]);
}

#[test]
fn hosts_and_sessions_that_the_recipe_names_elsewhere() {
    let text = "[[step]]\nid = 'a'\ntmux_new = { session_name = 'train', host_id = 'root@203.0.113.7' }\n[[step]]\nid = 'b'\ntmux_kill = { HERE }\n";
    let hosts = check(&text.replace("HERE", "host_id = '$0'"));
    assert_eq!(hosts, ["${target}", "local", "gpu-1", "root@203.0.113.7"]);
    let sessions = text.replace("HERE", "session_name = 'xy$0'");
    assert_eq!(check(&sessions), ["train"]);
    assert!(plain(&sessions, "train").contains("tmux_kill = { session_name = 'train' }"));
}

#[test]
fn names_of_the_environment_but_not_those_of_secrets() {
    let text = "[variables]\na = '${env.$0}'\n";
    assert_eq!(check(text), ["USER"]);
    assert_eq!(plain(text, "USER"), "[variables]\na = '${env.USER}'\n");
}

#[test]
fn variables_that_the_command_sets_for_itself() {
    let text = "[variables]\nmodel = 'x'\n[[step]]\nid = 'a'\nssh_command = { command = 'A=1; model=2; echo $0', env = { B = '1' } }\n";
    let of_the_shell = |typed: &str| -> Vec<String> {
        let (_, items) = items(&text.replace("$0", typed), false);
        let detail = |it: &Item| it.detail.clone().unwrap_or_default();
        let own = items
            .into_iter()
            .filter(|it| detail(it).starts_with("of the remote"));
        own.map(|it| it.label).collect()
    };
    assert_eq!(of_the_shell("${$0"), ["B", "A"]);
    assert_eq!(of_the_shell("$$0"), ["B", "A"]);
    let picked = plain(&text.replace("$0", "${$0"), "A");
    assert!(picked.contains("echo ${A}'"), "{picked}");
}

#[test]
fn whole_steps_with_what_they_require() {
    let labels = |text: &str, snippets| -> Vec<String> {
        items(text, snippets)
            .1
            .into_iter()
            .map(|it| it.label)
            .collect()
    };
    let text = "[recipe]\nname = 'x'\n$0";
    assert!(labels(text, true).contains(&"[[step]] tmux_new".to_owned()));
    assert!(!labels(text, false).contains(&"[[step]] tmux_new".to_owned()));
    let picked = picked("[[$0", "[[step]] set_var", true);
    let expected =
        "[[step]]\nid = \"${1:}\"\nset_var = { name = \"${2:}\", value = \"${3:}\" }\n$0";
    assert_eq!(picked, expected);
}

#[test]
fn a_variable_that_is_called_like_a_credential_gets_a_secret() {
    let text = |own: &str| {
        format!("[[step]]\nid = 'a'\nssh_command = {{ command = 'x', env = {{ {own} }} }}\n")
    };
    let fitting = "${secret:huggingface/token}";
    for own in ["HF_TOKEN = \"$0\"", "HF_TOKEN = $0"] {
        assert_eq!(check(&text(own))[0], fitting, "{own}");
        assert!(plain(&text(own), fitting).contains("HF_TOKEN = \"${secret:huggingface/token}\""));
    }
    assert_eq!(check(&text("LANG = \"$0\"")), [""; 0]);
    let header = |own: &str| {
        format!(
            "[[step]]\nid = 'a'\nhttp_request = {{ url = 'https://a.example', headers = {{ {own} }} }}\n"
        )
    };
    let bearer = header("Authorization = \"Bearer $0\"");
    assert!(plain(&bearer, fitting).contains("\"Bearer ${secret:huggingface/token}\""));
    assert_eq!(check(&header("Accept = \"$0\"")), [""; 0]);
}

#[test]
fn a_credential_is_the_secret_that_fits() {
    let text = "[[step]]\nid = 'a'\nhf_download = { auth_token = $0 }\n";
    assert_eq!(check(text)[0], "${secret:huggingface/token}");
    let picked_value = plain(text, "${secret:huggingface/token}");
    assert!(picked_value.contains("auth_token = \"${secret:huggingface/token}\""));
    let text = "[[step]]\nid = 'a'\ngit_clone = { $0 }\n";
    let key = picked(text, "auth_token", true);
    let expected = "auth_token = \"\\${secret:${1:github/token}\\}\"$0";
    assert!(key.contains(expected), "{key}");
}
