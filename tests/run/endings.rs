//! Every way in which steps and runs end, as the command line shows it.

use std::fs;

use crate::support::{User, event, output};

#[test]
fn a_run_succeeds_and_says_so() {
    let user = User::new();
    let ran = user.run(
        r#"
        [[step]]
        id = "build"
        run_commands = { host_id = "local", commands = "echo made; echo noise >&2" }
        "#,
        &[],
    );
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(lines[0].starts_with("run "), "{lines:?}");
    assert_eq!(lines[1], "build: started on local");
    assert!(
        lines.contains(&"build | made") && lines.contains(&"build | noise"),
        "{lines:?}"
    );
    assert!(lines[4].starts_with("build: succeeded after "), "{lines:?}");
    assert!(
        lines[5].starts_with("the run succeeded after "),
        "{lines:?}"
    );
}

const MIXED: &str = r#"
[[step]]
id = "flaky"
retry = { max_attempts = 2, delay_secs = 0 }
ssh_command = { host_id = "local", command = "echo x >> tries; [ $(wc -l < tries) -ge 2 ]" }

[[step]]
id = "slow"
timeout_secs = 1
continue_on_failure = true
run_commands = { host_id = "local", commands = "sleep 60" }

[[step]]
id = "bad"
depends_on = ["flaky", "slow"]
run_commands = { host_id = "local", commands = "exit 7" }

[[step]]
id = "after"
depends_on = ["bad"]
run_commands = { host_id = "local", commands = "true" }

[[step]]
id = "off"
when = "no"
run_commands = { host_id = "local", commands = "true" }

[[step]]
id = "free"
depends_on = ["off", "bad-sibling"]
set_var = { name = "x", value = "1" }

[[step]]
id = "bad-sibling"
depends_on = ["flaky", "slow"]
sleep = { duration_secs = 0 }
"#;

#[test]
fn every_ending_is_told() {
    let user = User::new();
    let (ran, events) = user.events(MIXED, &["--keep-going"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let flaky = event(&events, "step_finished", "flaky");
    assert_eq!(
        (&flaky["status"], &flaky["attempts"]),
        (&"success".into(), &2.into())
    );
    let retrying = event(&events, "step_retrying", "flaky");
    assert_eq!(retrying["reason"], "exit_code");
    let slow = event(&events, "step_finished", "slow");
    assert_eq!(
        (&slow["status"], &slow["reason"]),
        (&"failed".into(), &"timeout".into())
    );
    assert!(slow["exit_code"].is_null());
    let bad = event(&events, "step_finished", "bad");
    assert_eq!(
        (&bad["status"], &bad["exit_code"]),
        (&"failed".into(), &7.into())
    );
    assert_eq!(
        event(&events, "step_skipped", "after")["reason"],
        "dependency"
    );
    assert_eq!(event(&events, "step_skipped", "off")["reason"], "when");
    assert_eq!(event(&events, "step_finished", "free")["status"], "success");
    let last = events.last().expect("there are events");
    assert_eq!(
        (&last["event"], &last["status"]),
        (&"run_finished".into(), &"failed".into())
    );
}

#[test]
fn the_first_failure_stops_what_has_not_started() {
    let user = User::new();
    let (ran, events) = user.events(
        r#"
        [[step]]
        id = "bad"
        run_commands = { host_id = "local", commands = "false" }
        [[step]]
        id = "next"
        run_commands = { host_id = "local", commands = "touch ran" }
        "#,
        &["--jobs", "1"],
    );
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        event(&events, "step_skipped", "next")["reason"],
        "run_failed"
    );
    assert!(!user.path("ran").exists());
}

#[test]
fn values_are_handed_on_as_data() {
    let user = User::new();
    let hostile = "$(touch pwned) `touch pwned` \"; touch pwned; ' \\ $HOME\n\n  two  spaces";
    fs::write(user.path("hostile"), hostile).expect("written");
    let (ran, events) = user.events(
        r#"
        [variables]
        words = "a b"

        [[step]]
        id = "first"
        run_commands = { host_id = "local", commands = "cat hostile", capture_output = "it" }

        [[step]]
        id = "second"
        depends_on = ["first"]
        run_commands = { host_id = "local", commands = '''
        printf %s ${it} > bare
        printf %s "${it}" > double
        printf %s '${it}' > single
        printf %s "${step.first.output}" > step
        for word in ${words}; do echo "<$word>"; done
        ''' }
        "#,
        &[],
    );
    assert_eq!(ran.code, Some(0), "{events:#?}");
    for copy in ["bare", "double", "single", "step"] {
        assert_eq!(
            fs::read_to_string(user.path(copy)).expect(copy),
            hostile,
            "{copy}"
        );
    }
    assert!(!user.path("pwned").exists());
    assert_eq!(
        output(&events, "second"),
        "<a>\n<b>\n",
        "text is pasted, data is not"
    );
}

#[test]
fn conditions_see_values_as_data() {
    let user = User::new();
    let (ran, events) = user.events(
        r#"
        [[step]]
        id = "ask"
        continue_on_failure = true
        run_commands = { host_id = "local", commands = "echo '1 || true'; exit 3", capture_output = "said" }

        [[step]]
        id = "exact"
        depends_on = ["ask"]
        when = "${step.ask.output} == '1 || true' && ${step.ask.exit_code} == 3"
        run_commands = { host_id = "local", commands = "true" }

        [[step]]
        id = "unset"
        depends_on = ["ask"]
        when = "!${said}"
        run_commands = { host_id = "local", commands = "true" }
        "#,
        &[],
    );
    assert_eq!(ran.code, Some(0), "{events:#?}");
    assert_eq!(
        event(&events, "step_finished", "exact")["status"],
        "success"
    );
    assert_eq!(
        event(&events, "step_finished", "unset")["status"],
        "success"
    );
    let warning = event(&events, "warning", "unset");
    assert_eq!(
        warning["message"],
        "'ask' did not set `said`, so it is empty"
    );
}

#[test]
fn part_of_a_recipe_can_run() {
    let user = User::new();
    let steps = r#"
        [[step]]
        id = "a"
        run_commands = { host_id = "local", commands = "echo a" }
        [[step]]
        id = "b"
        depends_on = ["a"]
        run_commands = { host_id = "local", commands = "echo b" }
        [[step]]
        id = "c"
        depends_on = ["b"]
        run_commands = { host_id = "local", commands = "echo c" }
        [[step]]
        id = "d"
        run_commands = { host_id = "local", commands = "echo d" }
        "#;
    let ran_steps = |args: &[&str]| {
        let (ran, events) = user.events(steps, args);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let started = events.iter().filter(|it| it["event"] == "step_started");
        started
            .filter_map(|it| it["step"].as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    assert_eq!(ran_steps(&["--step", "b"]), ["b"]);
    assert_eq!(ran_steps(&["--step", "c", "--step", "a"]), ["a", "c"]);
    assert_eq!(ran_steps(&["--from", "b"]), ["b", "c"]);
}

#[test]
fn a_recipe_comes_from_standard_input_too_and_starts_in_its_folder() {
    let user = User::new();
    fs::create_dir_all(user.path("project/data")).expect("made");
    let mut command = user.doppio(&["run", "--yes", "-", "--path", "project/x.recipe.toml"]);
    let recipe = user.recipe(
        r#"
        [[step]]
        id = "here"
        run_commands = { host_id = "local", commands = "pwd", workdir = "data" }
        "#,
    );
    command.stdin(fs::File::open(recipe).expect("open"));
    let ran = crate::support::ran(command);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("project/data\n"), "{ran:?}");
}
