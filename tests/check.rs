//! `doppio check`, the real binary: what it prints, how it ends, and what it asks the keychain.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use expect_test::expect;
use serde_json::{Value, json};
use tempfile::TempDir;

const DOPPIO: &str = env!("CARGO_BIN_EXE_doppio");

/// `doppio check` in a folder of its own, where nobody keeps secrets.
fn doppio(folder: &Path) -> Command {
    let mut command = Command::new(DOPPIO);
    command
        .env_clear()
        .env("HOME", folder)
        .current_dir(folder)
        .arg("check");
    command
}

struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

fn run(command: &mut Command) -> Ended {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("the binary is there");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ended {
        code: status.code(),
        out: text(stdout),
        err: text(stderr),
    }
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in files {
        fs::write(folder.path().join(name), content).expect("a file");
    }
    folder
}

const SOUND: &str =
    "[recipe]\nname = \"sound\"\n\n[[step]]\nid = \"wait\"\nsleep = { duration_secs = 1 }\n";

const BROKEN: &str = "[recipe]\nname = \"broken\"\n\n[[step]]\nid = \"é\"\ndepend_on = [\"wait\"]\n\
                      ssh_command = { command = \"true\" }\n\n[[step]]\nid = \"a\"\ndepends_on = [\"b\"]\n\
                      sleep = { duration_secs = 1 }\n\n[[step]]\nid = \"b\"\ndepends_on = [\"a\"]\nsleep = { duration_secs = 1 }\n";

#[test]
fn text_shows_the_lines_and_what_helps() {
    let folder = folder(&[
        ("train.toml", BROKEN.as_bytes()),
        ("sound.toml", SOUND.as_bytes()),
    ]);
    let ended = run(doppio(folder.path()).args(["train.toml", "sound.toml"]));
    assert_eq!((ended.code, ended.err.as_str()), (Some(1), ""));
    expect![[r#"
        error[step-id]: 'é' cannot be a step id: use letters, digits, '_' and '-'. What people read can go into 'name'
         --> train.toml:5:7
          |
        5 | id = "é"
          |       ^
          |
          = help: more: doppio explain step-id

        error[unknown-key]: a step has no key 'depend_on'; did you mean 'depends_on'?
         --> train.toml:6:1
          |
        6 | depend_on = ["wait"]
          | ^^^^^^^^^
          |
          = help: Change to 'depends_on' (more: doppio explain unknown-key)

        error[dependency-cycle]: these steps wait for one another, so none of them can start: a → b → a
          --> train.toml:11:16
           |
        11 | depends_on = ["b"]
           |                ^ 'a' waits for 'b'
        ...
        16 | depends_on = ["a"]
           |                - 'b' waits for 'a'
           |
           = help: more: doppio explain dependency-cycle

        3 errors in train.toml
        sound.toml: no problems
    "#]].assert_eq(&ended.out);
}

#[test]
fn a_circle_of_many_steps_is_shown_by_its_beginning() {
    let mut text = "[recipe]\nname = \"ring\"\n".to_owned();
    for step in 0..100 {
        let (before, operation) = ((step + 99) % 100, "sleep = { duration_secs = 1 }");
        text += &format!("[[step]]\nid = \"s{step}\"\ndepends_on = [\"s{before}\"]\n{operation}\n");
    }
    let folder = folder(&[("ring.toml", text.as_bytes())]);
    let ended = run(doppio(folder.path()).arg("ring.toml"));
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.out.contains("note: and 88 places more"),
        "{}",
        ended.out
    );
    assert!(ended.out.lines().count() < 100, "{}", ended.out);
}

#[test]
fn json_counts_lines_and_columns_from_one_in_characters() {
    let text = "\u{feff}[recipe]\r\nname = \"ü\"\r\nversion = \"1.0.0\"\r\n\"häuser\" = 1\r\n[[step]]\r\nid = \"s\"\r\n\
                sleep = { duration_secs = 1 }\r\nname = \"ünf\r\n";
    let folder = folder(&[("a.toml", text.as_bytes())]);
    let ended = run(doppio(folder.path()).args(["--format", "json", "a.toml"]));
    assert_eq!((ended.code, ended.err.as_str()), (Some(1), ""));
    let document: Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!(document["version"], 1);
    let found = document["diagnostics"].as_array().expect("an array");
    let [unknown, unclosed] = found.as_slice() else {
        panic!("two: {document}")
    };
    assert_eq!(
        *unknown,
        json!({
            "path": "a.toml", "line": 4, "column": 1, "end_line": 4, "end_column": 9,
            "severity": "error", "code": "unknown-key", "message": unknown["message"],
        })
    );
    let place =
        ["line", "column", "end_line", "end_column", "code"].map(|key| unclosed[key].clone());
    assert_eq!(
        place,
        [
            json!(8),
            json!(8),
            json!(8),
            json!(12),
            json!("toml-syntax")
        ]
    );

    let sound = run(doppio(folder.path()).args(["--format", "json", "/dev/null/none"]));
    assert_eq!(sound.out, "{\"version\":1,\"diagnostics\":[]}\n");
}

#[test]
fn the_exit_code_tells_what_is_wrong() {
    let folder = folder(&[
        ("sound.toml", SOUND.as_bytes()),
        ("broken.toml", BROKEN.as_bytes()),
        ("latin1.toml", b"[recipe]\nname = \"\xe9\"\n"),
        ("Cargo.toml", b"[package]\nname = \"none\"\n"),
        ("empty.recipe.toml", b""),
    ]);
    let code = |arguments: &[&str]| {
        let ended = run(doppio(folder.path()).args(arguments));
        (ended.code, ended.err)
    };
    assert_eq!(code(&["sound.toml"]), (Some(0), String::new()));
    assert_eq!(code(&["broken.toml"]).0, Some(1));
    assert_eq!(code(&["empty.recipe.toml"]).0, Some(1));
    for (file, why) in [
        ("absent.toml", "absent.toml cannot be read: No such file"),
        (
            "latin1.toml",
            "latin1.toml is not UTF-8: invalid utf-8 sequence of 1 bytes from index 17",
        ),
        (
            "Cargo.toml",
            "Cargo.toml is no recipe: it has neither a [recipe] table nor a [[step]]",
        ),
    ] {
        let (code, err) = code(&[file, "broken.toml"]);
        assert_eq!(code, Some(2), "{file}");
        assert!(err.contains(why) && err.contains("help: "), "{err}");
        assert!(!err.contains("permissions"), "{err}");
    }
    assert_eq!(code(&[]).0, Some(2));
}

#[test]
fn what_cannot_be_read_in_a_folder_says_what_to_do_about_it() {
    let long = vec![b'#'; (8 << 20) + 1];
    let folder = folder(&[
        ("latin1.recipe.toml", b"[recipe]\nname = \"\xe9\"\n"),
        ("long.recipe.toml", &long),
    ]);
    let ended = run(doppio(folder.path()).arg("."));
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    let advice: Vec<_> = ended
        .err
        .lines()
        .filter(|it| it.starts_with("help: "))
        .collect();
    assert_eq!(
        advice,
        [
            "help: Save it as UTF-8 in your editor. Or leave it out in .gitignore.",
            "help: Check that it is the file you mean. Of a recipe that long, make several. Or leave it out in .gitignore.",
        ]
    );
    let ended = run(doppio(folder.path()).arg("long.recipe.toml"));
    assert!(
        ended.err.contains("longer than the 8 MiB") && !ended.err.contains("permissions"),
        "{}",
        ended.err
    );
    fs::write(folder.path().join("sound.toml"), SOUND).expect("a file");
    let ended = run(doppio(folder.path()).arg("."));
    assert_eq!(ended.code, Some(2));
    assert_eq!(
        ended.out,
        "1 recipe checked: no problems. Not everything could be read\n"
    );
}

#[test]
fn folders_are_searched_for_recipes() {
    let folder = folder(&[
        ("sound.toml", SOUND.as_bytes()),
        ("Cargo.toml", b"[package]\nname = \"none\"\n"),
        ("latin1.toml", b"[recipe]\nname = \"\xe9\"\n"),
        (".gitignore", b"build\n"),
    ]);
    for (name, text) in [
        ("build", BROKEN),
        ("deep/er", "[recipe]\nname = \"x\"\nversion = \"one\"\n"),
    ] {
        let inner = folder.path().join(name);
        fs::create_dir_all(&inner).expect("a folder");
        fs::write(inner.join("a.toml"), text).expect("a file");
    }
    let ended = run(doppio(folder.path()).args(["deep", ".", "sound.toml"]));
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    expect![[r#"
        hint[version-not-semver]: semantic versioning is recommended, such as 1.0.0: three numbers, which say what changed
         --> deep/er/a.toml:3:12
          |
        3 | version = "one"
          |            ^^^
          |
          = help: more: doppio explain version-not-semver

        1 hint in deep/er/a.toml
        2 recipes checked: 1 hint
    "#]]
    .assert_eq(&ended.out);
    fs::create_dir(folder.path().join("empty")).expect("a folder");
    let none = run(doppio(folder.path()).arg("empty"));
    assert_eq!(none.code, Some(2));
    assert!(none.err.contains("empty holds no recipe"), "{}", none.err);
}

#[test]
fn standard_input_goes_by_the_name_it_is_given() {
    let folder = folder(&[]);
    let check = |arguments: &[&str], text: &str| {
        fs::write(folder.path().join("input"), text).expect("a file");
        let input = fs::File::open(folder.path().join("input")).expect("the file");
        let ended = run(doppio(folder.path()).arg("-").args(arguments).stdin(input));
        (ended.code, ended.out, ended.err)
    };
    assert_eq!(
        check(&[], SOUND),
        (Some(0), "-: no problems\n".to_owned(), String::new())
    );
    let (code, out, _) = check(&["--path", "a/b.recipe.toml"], "");
    assert_eq!(code, Some(1));
    assert!(out.contains("--> a/b.recipe.toml:1:1"), "{out}");
    let (code, _, err) = check(&[], "a = 1\n");
    assert_eq!(code, Some(2));
    assert!(err.contains("standard input is no recipe"), "{err}");
}

const LOUD: &str = "[recipe]\nname = \"loud\"\nversion = \"one\"\n\n[[step]]\nid = \"a\"\n\
    ssh_command = { command = \"login --token ${secret:a/b}\" }\n";

#[test]
fn levels_are_chosen_on_the_command_line() {
    let folder = folder(&[("a.toml", LOUD.as_bytes())]);
    let check = |arguments: &[&str]| {
        let ended = run(doppio(folder.path()).arg("a.toml").args(arguments));
        let last = ended.out.lines().last().unwrap_or_default().to_owned();
        (ended.code, last, ended.err)
    };
    let said = |code, last: &str| (Some(code), last.to_owned(), String::new());
    assert_eq!(check(&[]), said(0, "1 warning, 1 hint in a.toml"));
    assert_eq!(
        check(&["--deny", "version-not-semver"]),
        said(1, "1 error, 1 warning in a.toml")
    );
    assert_eq!(
        check(&["--deny", "warnings"]),
        said(1, "1 error, 1 hint in a.toml")
    );
    let quiet = check(&["--allow", "secret-in-argument,version-not-semver"]);
    assert_eq!(quiet, said(0, "a.toml: no problems"));
    let louder = check(&[
        "--warn=version-not-semver",
        "--deny=warnings",
        "--allow=secret-in-argument",
    ]);
    assert_eq!(louder, said(0, "1 warning in a.toml"));
    for (arguments, why) in [
        (["--deny", "warning"], "--deny: there is no check 'warning'"),
        (
            ["--allow", "unknown-key"],
            "--allow: 'unknown-key' cannot be less than an error",
        ),
    ] {
        let (code, _, err) = check(&arguments);
        assert_eq!(code, Some(2));
        assert!(err.contains(why) && err.contains("help: "), "{err}");
    }
}

#[test]
fn github_shows_findings_beside_the_lines() {
    let folder = folder(&[("a.toml", LOUD.as_bytes())]);
    let ended = run(doppio(folder.path()).args(["--format", "github", "a.toml"]));
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    let lines: Vec<&str> = ended.out.lines().collect();
    let [version, secret] = lines.as_slice() else {
        panic!("two: {}", ended.out)
    };
    assert_eq!(
        *version,
        "::notice file=a.toml,line=3,endLine=3,col=12,endColumn=15,title=doppio version-not-semver::\
         semantic versioning is recommended, such as 1.0.0: three numbers, which say what changed"
    );
    assert!(
        secret.starts_with("::warning file=a.toml,line=7,endLine=7,col=42,"),
        "{secret}"
    );
}

/// The properties of SARIF 2.1.0 that code scanning services demand, and all that we write. The whole of
/// it was held against the official schema when it was written.
#[test]
fn sarif_has_rules_places_and_fixes() {
    let folder = folder(&[
        ("broken one.toml", BROKEN.as_bytes()),
        ("a.toml", LOUD.as_bytes()),
    ]);
    let ended = run(doppio(folder.path()).args(["--format", "sarif", "broken one.toml", "a.toml"]));
    assert_eq!((ended.code, ended.err.as_str()), (Some(1), ""));
    let document: Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!(document["version"], "2.1.0");
    let run = document["runs"][0].clone();
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    for rule in rules {
        let page = rule["help"]["markdown"].as_str().expect("a page");
        assert!(page.starts_with(&format!("# {}\n", rule["id"].as_str().expect("an id"))));
    }
    let results = run["results"].as_array().expect("results");
    let ids: Vec<_> = results
        .iter()
        .filter_map(|it| it["ruleId"].as_str())
        .collect();
    let expected = [
        "step-id",
        "unknown-key",
        "dependency-cycle",
        "version-not-semver",
        "secret-in-argument",
    ];
    assert_eq!(ids, expected);
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("an index");
        assert_eq!(
            rules[usize::try_from(index).expect("small")]["id"],
            result["ruleId"]
        );
        assert!(result["message"]["text"].is_string());
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().expect("a level")));
    }
    let region = json!({"startLine": 6, "startColumn": 1, "endLine": 6, "endColumn": 10});
    let artifact = json!({"uri": "broken%20one.toml"});
    let place = json!({"artifactLocation": artifact, "region": region});
    assert_eq!(
        results[1]["locations"],
        json!([{"physicalLocation": place}])
    );
    let replacement = json!({"deletedRegion": region, "insertedContent": {"text": "depends_on"}});
    let change = json!({"artifactLocation": artifact, "replacements": [replacement]});
    let description = json!({"text": "Change to 'depends_on'"});
    let fix = json!([{"description": description, "artifactChanges": [change]}]);
    assert_eq!(results[1]["fixes"], fix);
    assert_eq!(
        results[2]["relatedLocations"].as_array().map(Vec::len),
        Some(2)
    );

    assert_eq!(
        run["invocations"][0]["toolExecutionNotifications"],
        json!([])
    );

    let ended = self::run(doppio(folder.path()).args(["--format", "sarif", "ab sent.toml"]));
    let document: Value = serde_json::from_str(&ended.out).expect("JSON");
    let invocation = &document["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let why = "ab sent.toml cannot be read: No such file or directory (os error 2)";
    let artifact = json!({"artifactLocation": {"uri": "ab%20sent.toml"}});
    let notification = json!({
        "level": "error",
        "message": {"text": why},
        "locations": [{"physicalLocation": artifact}],
    });
    assert_eq!(
        invocation["toolExecutionNotifications"],
        json!([notification])
    );
}

#[test]
fn sarif_has_no_fix_that_writes_a_credential() {
    // In pieces, so that whoever scans this repository finds none.
    let token = format!("ghp_{}", "qZkWmTxRbYvNcLhJgFsAdPoIuEtKrQwZmX12");
    let nearly = &token[..token.len() - 1];
    let text = format!(
        "[recipe]\nname = \"x\"\n[[step]]\nid = \"{token}\"\nsleep = {{ duration_secs = 1 }}\n\
         [[step]]\nid = \"b\"\ndepends_on = [\"{nearly}\"]\nslep = {{ duration_secs = 1 }}\n"
    );
    let folder = folder(&[("a.toml", text.as_bytes())]);
    let ended = run(doppio(folder.path()).args(["--format", "sarif", "a.toml"]));
    assert!(!ended.out.contains(&token), "{}", ended.out);
    let document: Value = serde_json::from_str(&ended.out).expect("JSON");
    let results = document["runs"][0]["results"].as_array().expect("results");
    let fixed = |id: &str| {
        let it = results.iter().find(|it| it["ruleId"] == id);
        it.expect("it is found").get("fixes").is_some()
    };
    assert!(fixed("unknown-key") && !fixed("unknown-step"));
}

#[test]
fn the_schema_is_printed() {
    let printed = run(Command::new(DOPPIO).env_clear().arg("schema"));
    assert_eq!(printed.code, Some(0));
    assert_eq!(printed.out, include_str!("../docs/recipe.schema.json"));
}

#[test]
fn the_page_of_every_check_is_part_of_the_program() {
    let folder = folder(&[]);
    let explain = |code: &[&str]| {
        let mut command = Command::new(DOPPIO);
        let ended = run(command
            .env_clear()
            .env("HOME", folder.path())
            .arg("explain")
            .args(code));
        (ended.code, ended.out, ended.err)
    };
    let (code, list, _) = explain(&[]);
    assert_eq!(code, Some(0));
    for line in list.lines() {
        let check = line.split_whitespace().next().expect("a code");
        let (code, page, _) = explain(&[check]);
        assert_eq!(code, Some(0));
        assert!(page.starts_with(&format!("# {check}\n")), "{page}");
    }
    let (code, _, err) = explain(&["unknown-kye"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("did you mean 'unknown-key'?"), "{err}");
    assert_eq!(explain(&["../README"]).0, Some(2));
}

#[test]
fn nothing_in_a_file_reaches_the_terminal_as_a_command() {
    let hostile = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\u{2066}\u{200b}\u{7f}";
    let text = format!(
        "[recipe]\nname = \"x\"\n\"key{hostile}\" = 1 # {hostile}\n\n[[step]]\nid = \"{hostile}\"\n\
         depends_on = [\"{hostile}?\"]\nssh_command = {{ command = \"true\", workdir = \"${{{hostile}}}\" }}\n"
    );
    let name = "evil\u{1b}[2J.recipe.toml";
    let folder = folder(&[(name, text.as_bytes())]);
    let ended = run(doppio(folder.path()).args([name, "absent\u{1b}[2J.toml"]));
    assert_eq!(ended.code, Some(2));
    for bad in [
        '\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\u{2066}', '\u{200b}', '\u{7f}',
    ] {
        assert!(
            !ended.out.contains(bad),
            "{bad:?} in {}",
            ended.out.escape_debug()
        );
        assert!(
            !ended.err.contains(bad),
            "{bad:?} in {}",
            ended.err.escape_debug()
        );
    }
}

#[test]
fn a_reader_that_leaves_early_is_no_failure_of_ours() {
    let folder = folder(&[("broken.toml", BROKEN.as_bytes())]);
    let mut command = doppio(folder.path());
    let mut child = command
        .arg("broken.toml")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary is there");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).as_ref()
        ),
        (Some(1), "")
    );
}

#[cfg(target_os = "linux")]
mod keychain {
    use testkit::keyring::Keyring;

    use super::*;

    const RECIPE: &str = "[recipe]\nname = \"secrets\"\n\n[[step]]\nid = \"login\"\n\
        ssh_command = { command = \"true\", env = { A = \"${secret:acme/stored}\", B = \"${secret:acme/stord}\" } }\n";

    /// The codes and messages of what is found in `RECIPE` with that keyring.
    fn found(keyring: &Keyring) -> Vec<(String, String)> {
        fs::write(keyring.home().join("secrets.toml"), RECIPE).expect("a file");
        let mut command = keyring.command(DOPPIO);
        let path = keyring.home().join("secrets.toml");
        let ended = run(command.args(["check", "--format", "json"]).arg(path));
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
        let document: Value = serde_json::from_str(&ended.out).expect("JSON");
        let all = document["diagnostics"].as_array().expect("an array");
        let text = |value: &Value| value.as_str().expect("a string").to_owned();
        all.iter()
            .map(|it| (text(&it["code"]), text(&it["message"])))
            .collect()
    }

    fn missing() -> Vec<(String, String)> {
        let message = "the secret 'acme/stord' is not stored; did you mean 'acme/stored'? \
                       Store it with: doppio secret set acme/stord";
        vec![("missing-secret".to_owned(), message.to_owned())]
    }

    #[test]
    fn a_missing_secret_is_a_warning_locked_or_not_and_no_value_is_asked_for() {
        let keyring = Keyring::start();
        keyring.store("acme/stored", "canary-1234");
        let monitor = keyring.monitor();
        assert_eq!(found(&keyring), missing());
        keyring.lock();
        assert_eq!(found(&keyring), missing());
        let calls = monitor.calls();
        assert!(
            calls.iter().any(|call| call.contains("SearchItems")),
            "{calls:?}"
        );
        for forbidden in ["GetSecret", "Unlock", "Prompt"] {
            assert!(
                !calls.iter().any(|call| call.contains(forbidden)),
                "{calls:?}"
            );
        }
    }

    #[test]
    fn nothing_is_said_of_secrets_that_nobody_can_tell_about() {
        let keyring = Keyring::absent();
        assert_eq!(found(&keyring), []);
    }

    #[test]
    fn a_keychain_that_never_answers_is_not_waited_for() {
        let keyring = Keyring::start();
        keyring.mute();
        let start = Instant::now();
        assert_eq!(found(&keyring), []);
        assert!(
            start.elapsed() < Duration::from_secs(8),
            "{:?}",
            start.elapsed()
        );
    }
}

#[test]
fn a_credential_in_a_recipe_is_found_and_not_shown() {
    // In two pieces, so that whoever scans this repository finds none.
    let value = format!("hf_{}", "qZkWmTxRbYvNcLhJgFsAdPoIuEtKrQwZmX");
    let text = format!(
        "{SOUND}# {value}\n[[step]]\nid = \"x\"\nunknown = \"{value}\"\n\
         ssh_command = {{ command = \"export HF_TOKEN={value}; python3 train.py\" }}\n"
    );
    let folder = folder(&[("a.toml", text.as_bytes())]);
    for format in ["text", "json"] {
        let ended = run(doppio(folder.path()).args(["--format", format, "a.toml"]));
        assert!(ended.out.contains("hard-coded-credential"));
        let advice = "doppio secret set huggingface/token";
        assert_eq!(ended.out.matches(advice).count(), 3, "{}", ended.out);
        assert!(!ended.out.contains(&value[4..]), "{}", ended.out);
    }
}
