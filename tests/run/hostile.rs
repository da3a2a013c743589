//! What a folder that means ill can make the command line do: nothing.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::support::{Ran, User, ran};

/// Everything that a terminal would obey, or that would hide or turn round what stands beside it.
const EVIL: &str = "\\u001b[2J\\u001b]0;title\\u0007\\u009b31m\\u202e\\u2066\\u200b\\u00ad";

fn is_evil(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t') || runner::visible::is_hostile(c)
}

#[track_caller]
fn assert_tame(ran: &Ran) {
    for text in [&ran.stdout, &ran.stderr] {
        assert!(!text.contains(is_evil), "{text:?}");
    }
}

#[test]
fn nothing_that_a_recipe_says_reaches_the_terminal_as_an_escape() {
    let user = User::new();
    let recipe = user.path("a\u{1b}[2Jb\u{202e}.recipe.toml");
    let name = format!("evil {EVIL}");
    let text = format!(
        "[recipe]\nname = \"{name}\"\ndescription = \"{name}\"\n[[step]]\nid = \"a\"\nname = \"{name}\"\nwhen = \"'{EVIL}' == '{EVIL}'\"\n\
         ssh_command = {{ host_id = \"local\", command = \"echo '{EVIL}'; exit 3\", workdir = \"{EVIL}\", env = {{ A = \"{EVIL}\" }} }}\n"
    );
    let path = recipe.to_str().expect("UTF-8");
    fs::write(&recipe, &text).expect("written");
    for args in [
        ["run", path].as_slice(),
        &["run", "--dry-run", path],
        &["run", "--yes", path],
        &["run", "--approve", "\u{1b}[2J", path],
        &[
            "run",
            "--target",
            "\u{202e}\u{1b}[2J",
            "--step",
            "\u{1b}[2J",
            path,
        ],
        &["check", path],
        &["runs"],
        &["log", "latest"],
        &["log", "\u{1b}[2J"],
    ] {
        assert_tame(&ran(user.doppio(args)));
    }
    // What is wrong is quoted without them.
    for wrong in [
        format!("[recipe]\n\"{EVIL}\" = 1\n"),
        format!("[[step]]\nid = \"{EVIL}\"\ndepends_on = [\"{EVIL}\"]\n\"{EVIL}\" = {{}}\n"),
        format!("[variables]\n\"{EVIL}\" = \"${{{EVIL}}} ${{secret:{EVIL}}}\"\n"),
        "[recipe]\nname = \"\u{202e}\u{9b}31m\u{200b}\"\nname = \u{1b}[2J\n".to_owned(),
    ] {
        fs::write(&recipe, &wrong).expect("written");
        for args in [
            ["check", path],
            ["run", path],
            ["check", "\u{1b}[2Jgone.toml"],
            ["run", "\u{1b}[2Jgone.toml"],
        ] {
            let ran = ran(user.doppio(&args));
            assert_eq!(
                ran.code,
                Some(if args[0] == "check" && args[1] == path {
                    1
                } else {
                    2
                }),
                "{ran:?}"
            );
            assert_tame(&ran);
        }
    }
}

/// A program that leaves a mark if anybody starts it.
fn trap(folder: &Path, name: &str) {
    let program = folder.join(name);
    fs::create_dir_all(program.parent().expect("a folder")).expect("made");
    fs::write(
        &program,
        format!("#!/bin/sh\ntouch {}/sprung\n", folder.display()),
    )
    .expect("written");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("executable");
}

#[test]
fn programs_and_settings_of_a_folder_are_left_alone() {
    let user = User::new();
    let folder = user.path("cloned");
    for name in [
        "doppio",
        "sh",
        "bash",
        "ssh",
        "setsid",
        "tmux",
        "git",
        "shellcheck",
        "secret-tool",
        "bin/doppio",
        ".doppio/doppio",
    ] {
        trap(&folder, name);
    }
    let hosts = "[gpu]\nhost = \"203.0.113.7\"\n";
    for name in [
        "hosts.toml",
        ".doppio/hosts.toml",
        ".config/doppio/hosts.toml",
    ] {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(file, hosts).expect("written");
    }
    fs::create_dir(folder.join(".ssh")).expect("made");
    fs::write(
        folder.join(".ssh/config"),
        "Host gpu\n  HostName 203.0.113.7\n",
    )
    .expect("written");
    for name in [".env", ".envrc", "doppio.env", "secrets.env"] {
        fs::write(
            folder.join(name),
            "DOPPIO_SECRET_DEMO_TOKEN=made-up-value\nCI=1\n",
        )
        .expect("written");
    }
    fs::write(
        folder.join("approvals.json"),
        "{\"version\":1,\"approved\":[]}",
    )
    .expect("written");
    let recipe = folder.join("a.recipe.toml");
    let step = |more: &str| {
        format!(
            "[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\nssh_command = {{ command = \"true\", {more} }}\n"
        )
    };
    let doppio = |text: &str, args: &[&str]| {
        fs::write(&recipe, text).expect("written");
        let mut command =
            user.doppio(&[&["run", "a.recipe.toml", "--format", "jsonl"], args].concat());
        ran({
            command.current_dir(&folder);
            command
        })
    };
    assert_eq!(
        doppio(&step("host_id = \"local\""), &["--yes"]).code,
        Some(0)
    );
    let ran = doppio(
        &step("host_id = \"local\", env = { A = \"${secret:demo/token}\" }"),
        &["--yes"],
    );
    assert!(ran.stdout.contains("secret_unavailable"), "{ran:?}");
    let ran = doppio(&step("host_id = \"gpu\""), &["--yes"]);
    assert!(ran.stdout.contains("\"host_un"), "{ran:?}");
    assert!(!ran.stdout.contains("203.0.113.7"), "{ran:?}");
    let mut check = user.doppio(&["check", "a.recipe.toml"]);
    check.current_dir(&folder).status().expect("doppio starts");
    assert!(!folder.join("sprung").exists());
}

#[test]
fn a_link_does_not_carry_an_approval_to_another_folder() {
    let user = User::new();
    for name in ["mine", "theirs"] {
        fs::create_dir(user.path(name)).expect("made");
        trap(&user.path(name), "build");
        fs::write(user.path(name).join("a.toml"), "[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\nssh_command = { host_id = \"local\", command = \"./build\" }\n").expect("written");
    }
    let link = user.path("link");
    symlink(user.path("mine"), &link).expect("linked");
    let run = |args: &[&str]| {
        ran(user.doppio(&[&["run", "link/a.toml", "--format", "jsonl"], args].concat()))
    };
    let refused = run(&[]);
    let events = crate::support::events(&refused.stdout);
    let hash = events[1]["problems"][0]["hash"]
        .as_str()
        .expect("a hash")
        .to_owned();
    assert_eq!(run(&["--approve", &hash]).code, Some(0));
    assert_eq!(run(&[]).code, Some(0));
    fs::remove_file(&link).expect("removed");
    symlink(user.path("theirs"), &link).expect("linked");
    assert_eq!(run(&[]).code, Some(3));
    assert!(!user.path("theirs/sprung").exists());
    // Nor does a link to the file itself: what it runs is beside the link.
    symlink(user.path("mine/a.toml"), user.path("a.toml")).expect("linked");
    assert_eq!(ran(user.doppio(&["run", "a.toml"])).code, Some(3));
}

#[test]
fn a_file_without_end_is_not_read_to_its_end() {
    let user = User::new();
    symlink("/dev/zero", user.path("zero.recipe.toml")).expect("linked");
    let file = fs::File::create(user.path("huge.recipe.toml")).expect("made");
    file.set_len(1 << 36).expect("sparse");
    for name in ["zero.recipe.toml", "huge.recipe.toml"] {
        for command in ["run", "check"] {
            let ran = ran(user.doppio(&[command, name]));
            assert_eq!(ran.code, Some(2), "{ran:?}");
            assert!(ran.stderr.contains("longer than the 8 MiB"), "{ran:?}");
        }
    }
}
