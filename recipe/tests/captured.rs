//! What a step leaves behind that has a secret counts as one, wherever it gets to.

mod common;

use common::diagnostics;
use recipe::diagnostic::Diagnostic;

/// What is found about secrets where the step `b` has this operation, and `c` is what the step `a` captured.
fn found(first: &str, operation: &str) -> Vec<String> {
    let text = format!(
        "[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\nssh_command = {{ {first}, capture_output = \"c\" }}\n\
         [[step]]\nid = \"b\"\ndepends_on = [\"a\"]\n{operation}\n"
    );
    let about = |it: &Diagnostic| {
        let place = &text[it.span.range()];
        let said = format!("{} {} {place:?}", it.severity.name(), it.code);
        it.code.starts_with("secret-").then_some(said)
    };
    let mut found: Vec<String> = diagnostics(&text).iter().filter_map(about).collect();
    found.dedup();
    found
}

const WITH_SECRET: &str = r#"command = "who", env = { T = "${secret:acme/token}" }"#;

/// What is found of a command of the step `b`.
fn of_command(command: &str) -> Vec<String> {
    found(
        WITH_SECRET,
        &format!("ssh_command = {{ command = '''{command}''' }}"),
    )
}

#[test]
fn every_way_out_is_seen() {
    for (command, expected) in [
        ("echo ${c}", "hint secret-printed \"${c}\""),
        ("printf '%s' \"${c}\"", "hint secret-printed \"${c}\""),
        (
            "echo ${step.a.output}",
            "hint secret-printed \"${step.a.output}\"",
        ),
        ("login --token ${c}", "hint secret-in-argument \"${c}\""),
        (
            "x=${c}; login \"$x\"",
            "hint secret-in-argument \"\\\"$x\\\"\"",
        ),
        (
            "tmux send-keys -t x \"${c}\"",
            "hint secret-in-argument \"${c}\"",
        ),
        ("git clone https://${c}@h/r", "hint secret-in-url \"${c}\""),
        ("curl \"https://h/?t=${c}\"", "hint secret-in-url \"${c}\""),
        ("set -x\nexport A=${c}", "hint secret-traced \"-x\""),
        ("cat <<EOF\n${c}\nEOF\n", "hint secret-printed \"${c}\""),
    ] {
        assert_eq!(of_command(command), [expected], "{command}");
    }
    let env = "ssh_command = { command = 'echo $U', env = { U = \"${c}\" } }";
    assert_eq!(found(WITH_SECRET, env), ["hint secret-printed \"$U\""]);
}

#[test]
fn where_no_secret_may_stand_none_of_these_may() {
    for (operation, place) in [
        (
            "ssh_command = { command = 'x', workdir = \"/x/${c}\" }",
            "${c}",
        ),
        (
            "ssh_command = { command = 'x', host_id = \"${c}\" }",
            "${c}",
        ),
        (
            "rsync_upload = { local_path = \"${c}\", remote_path = \"x\" }",
            "${c}",
        ),
        (
            "git_clone = { repo_url = \"https://${c}@h/r\", destination = \"x\" }",
            "${c}",
        ),
        ("notify = { title = \"${c}\" }", "${c}"),
        (
            "notify = { title = \"x\", message = \"${step.a.output}\" }",
            "${step.a.output}",
        ),
        ("tmux_kill = { session_name = \"${c}\" }", "${c}"),
        (
            "tmux_send = { session_name = \"s\", keys = \"${c}\" }",
            "${c}",
        ),
    ] {
        let expected = format!("error secret-not-allowed {place:?}");
        assert_eq!(found(WITH_SECRET, operation), [expected], "{operation}");
    }
    let request = "http_request = { method = \"GET\", url = \"https://h/${c}\" }";
    assert_eq!(found(WITH_SECRET, request), ["hint secret-in-url \"${c}\""]);
}

#[test]
fn what_goes_where_nobody_sees_it_is_fine() {
    for command in [
        "login --password-stdin <<< \"${c}\"",
        "echo ${c} | login --password-stdin",
        "echo ${c} > ~/.token",
        "echo ${step.a.exit_code}",
        "[ -n \"${c}\" ] && make",
        "export U=${c}",
        "echo '$c' $c",
        "echo $${c}",
    ] {
        assert_eq!(of_command(command), [""; 0], "{command}");
    }
    for operation in [
        "http_request = { method = \"POST\", url = \"https://h/\", body = \"${c}\", headers = { A = \"${c}\" } }",
        "when = \"${c} == ok\"\nsleep = { duration_secs = 1 }",
    ] {
        assert_eq!(found(WITH_SECRET, operation), [""; 0], "{operation}");
    }
}

#[test]
fn a_step_without_a_secret_leaves_none_behind() {
    for operation in [
        "ssh_command = { command = \"echo ${c}; login ${c} https://h/${c}\", workdir = \"${c}\" }",
        "notify = { title = \"${c}\" }",
    ] {
        assert_eq!(
            found("command = \"who\"", operation),
            [""; 0],
            "{operation}"
        );
    }
}

#[test]
fn what_is_made_of_it_counts_as_well() {
    let operation = "ssh_command = { command = \"tr a b <<< \\\"${c}\\\"\", capture_output = \"d\" }\n[[step]]\nid = \"e\"\ndepends_on = [\"b\"]\n\
                     ssh_command = { command = \"login ${d}\" }";
    assert_eq!(
        found(WITH_SECRET, operation),
        ["hint secret-in-argument \"${d}\""]
    );
    let operation = "get_value = { source = { step_output = \"a\" }, pattern = \"x\", var_name = \"d\" }\n[[step]]\nid = \"e\"\n\
                     depends_on = [\"b\"]\nssh_command = { command = \"echo ${d}\" }";
    assert_eq!(
        found(WITH_SECRET, operation),
        ["hint secret-printed \"${d}\""]
    );
}
