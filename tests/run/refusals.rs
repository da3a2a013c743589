//! What is wrong or missing ends a run before its first step, everything at once.

use crate::support::{User, ran};

#[test]
fn a_wrong_recipe_is_refused_by_name_and_line() {
    let user = User::new();
    let steps = r#"
[[step]]
id = "fine"
run_commands = { host_id = "local", commands = "touch ran" }

[[step]]
id = "clone"
git_clone = { repo_url = "https://example.org/x.git", destination = "x", host_id = "local" }
"#;
    let text = user.run(steps, &[]);
    assert_eq!(text.code, Some(2), "{text:?}");
    for word in ["demo.recipe.toml", "git_clone", "'clone'"] {
        assert!(text.stderr.contains(word), "{word}: {}", text.stderr);
    }
    let (ran, events) = user.events(steps, &[]);
    assert_eq!(ran.code, Some(2));
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["event"], "refused");
    assert_eq!(events[0]["problems"][0]["kind"], "recipe_wrong");
    assert_eq!(events[0]["problems"][0]["line"], 11);
    assert!(!user.path("ran").exists());
}

#[test]
fn a_wrong_command_line_is_refused() {
    let user = User::new();
    let steps =
        "[[step]]\nid = \"build\"\nrun_commands = { host_id = \"local\", commands = \"true\" }";
    for (args, word) in [
        (["--step", "biuld"], "build"),
        (["--from", "nope"], "nope"),
        (["--var", "nope=1"], "nope"),
        (["--var", "nope"], "NAME=VALUE"),
        (["--jobs", "0"], "0"),
    ] {
        let ran = user.run(steps, &args);
        assert_eq!(ran.code, Some(2), "{args:?}: {ran:?}");
        assert!(ran.stderr.contains(word), "{args:?}: {ran:?}");
    }
    let gone = ran(user.doppio(&["run", "gone.toml"]));
    assert_eq!(gone.code, Some(2));
    assert!(gone.stderr.contains("gone.toml"), "{gone:?}");
}

#[test]
fn what_is_missing_is_listed_together() {
    let user = User::new();
    let steps = r#"
        [[step]]
        id = "fine"
        run_commands = { host_id = "local", commands = "touch ran" }
        [[step]]
        id = "token"
        run_commands = { host_id = "local", commands = "true", env = { TOKEN = "${secret:demo/token}" } }
        [[step]]
        id = "remote"
        run_commands = { commands = "true" }
        "#;
    let (refused, events) = user.events(steps, &[]);
    assert_eq!(refused.code, Some(3), "{refused:?}");
    assert_eq!(events[0]["event"], "run_started");
    let problems = &events[1]["problems"];
    assert_eq!(problems[0]["kind"], "target_missing");
    assert_eq!(problems[0]["steps"][0], "remote");
    // There is no keychain for this user, so nobody can tell.
    assert_eq!(problems[1]["kind"], "secret_unavailable");
    assert_eq!(problems[1]["name"], "demo/token");
    assert_eq!(problems[1]["steps"][0], "token");
    assert_eq!(events[2]["status"], "refused");
    assert!(!user.path("ran").exists());
    let listed = ran(user.doppio(&["runs"]));
    assert!(listed.stdout.contains("refused"), "{listed:?}");
}

#[test]
fn an_environment_variable_that_is_not_set_is_a_wrong_command_line() {
    let user = User::new();
    let (ran, events) = user.events(
        r#"
        [[step]]
        id = "a"
        run_commands = { host_id = "local", commands = "echo ${env.NOT_SET_ANYWHERE}" }
        "#,
        &[],
    );
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let problem = &events[1]["problems"][0];
    assert_eq!(problem["kind"], "environment_unset");
    assert_eq!(problem["name"], "NOT_SET_ANYWHERE");
    assert_eq!(problem["steps"][0], "a");
}

#[test]
fn the_environment_of_commands_has_no_secrets_of_ours() {
    let user = User::new();
    let recipe = user.recipe(
        r#"
        [[step]]
        id = "a"
        run_commands = { host_id = "local", commands = "env; echo ${#TOKEN}", env = { TOKEN = "${secret:demo/token}" } }
        "#,
    );
    let mut command = user.doppio(&["run", "--yes", recipe.to_str().expect("UTF-8")]);
    command
        .env("DOPPIO_SECRET_DEMO_TOKEN", "made-up-value")
        .env("DOPPIO_SECRET_OTHER", "another-value");
    let ran = ran(command);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("TOKEN=***"), "{ran:?}");
    assert!(ran.stdout.contains("a | 13\n"), "{ran:?}");
    for word in ["DOPPIO_SECRET", "made-up-value", "another-value"] {
        assert!(!ran.stdout.contains(word), "{ran:?}");
    }
}
