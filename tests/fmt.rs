//! `doppio fmt`, the real binary: what it writes, what it leaves alone, and how it ends.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use expect_test::expect;
use tempfile::TempDir;

const PLAIN: &str =
    "[recipe]\nname = \"a\"\n\n[[step]]\nid = \"one\"\nsleep = { duration_secs = 1 }\n";
const ODD: &str = "[recipe]\nname=\"a\"\n[[step]]\nid = \"one\"\nsleep = {duration_secs = 1}\n";
const BROKEN: &str = "[recipe]\nname=\"a\nsteps=[]\n";

struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

/// `doppio fmt ARGUMENTS` in `folder`, with `input` to read.
fn doppio(folder: &Path, arguments: &[&str], input: &str) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doppio"));
    command.env_clear().env("HOME", folder).current_dir(folder);
    command.arg("fmt").args(arguments);
    let pipe = || Stdio::piped();
    let mut child = command
        .stdin(pipe())
        .stdout(pipe())
        .stderr(pipe())
        .spawn()
        .expect("the binary is there");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ended {
        code: status.code(),
        out: text(stdout),
        err: text(stderr),
    }
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in files {
        fs::write(folder.path().join(name), content).expect("a file");
    }
    folder
}

fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).expect("a file")
}

#[test]
fn recipes_are_written_and_nothing_else() {
    let marked = format!("\u{feff}{}", ODD.replace('\n', "\r\n"));
    let cargo = "[package]\nname=\"x\"\n";
    let folder = folder(&[
        ("a.toml", ODD),
        ("b.toml", PLAIN),
        ("c.toml", &marked),
        ("Cargo.toml", cargo),
    ]);
    let ended = doppio(folder.path(), &["."], "");
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    assert_eq!(ended.out, "a.toml formatted\nc.toml formatted\n");
    assert_eq!(read(&folder, "a.toml"), PLAIN);
    assert_eq!(read(&folder, "b.toml"), PLAIN);
    assert_eq!(
        read(&folder, "c.toml"),
        format!("\u{feff}{}", PLAIN.replace('\n', "\r\n"))
    );
    assert_eq!(read(&folder, "Cargo.toml"), cargo);
    let again = doppio(folder.path(), &["--check", "."], "");
    assert_eq!((again.code, again.out.as_str()), (Some(0), ""));
}

#[test]
fn a_look_writes_nothing() {
    let folder = folder(&[("a.toml", ODD)]);
    let ended = doppio(folder.path(), &["--check", "a.toml"], "");
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (Some(1), "a.toml is not formatted\n")
    );
    let ended = doppio(folder.path(), &["--diff", "a.toml"], "");
    assert_eq!(ended.code, Some(1));
    expect![[r#"
        --- a.toml
        +++ a.toml
        @@ -1,5 +1,6 @@
         [recipe]
        -name="a"
        +name = "a"
        +
         [[step]]
         id = "one"
        -sleep = {duration_secs = 1}
        +sleep = { duration_secs = 1 }
    "#]]
    .assert_eq(&ended.out);
    assert_eq!(read(&folder, "a.toml"), ODD);
}

#[test]
fn a_diff_shows_no_credential() {
    let token = ["hf_", "qZkWmTxRbYvNcLhJgFsAdPoIuEtKrQwZmX"].concat();
    let folder = folder(&[(
        "a.toml",
        &format!("{ODD}ssh_command={{command='{token}'}}\n"),
    )]);
    let ended = doppio(folder.path(), &["--diff", "a.toml"], "");
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.out.contains("****") && !ended.out.contains(&token),
        "{}",
        ended.out
    );
}

#[test]
fn a_recipe_with_a_syntax_error_is_left_alone() {
    let folder = folder(&[("a.toml", BROKEN), ("b.toml", ODD)]);
    let ended = doppio(folder.path(), &["."], "");
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (Some(1), "b.toml formatted\n")
    );
    expect![[r#"
        error: a.toml is left as it is: line 2: this string is not closed: add a " before the end of the line
        help: See all that is wrong with: doppio check a.toml
    "#]].assert_eq(&ended.err);
    assert_eq!(read(&folder, "a.toml"), BROKEN);
    let ended = doppio(folder.path(), &["-"], BROKEN);
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (Some(1), BROKEN),
        "a filter loses nothing"
    );
}

#[test]
fn standard_input_is_printed_formatted() {
    let folder = folder(&[]);
    for mark in ["", "\u{feff}"] {
        let ended = doppio(folder.path(), &["-"], &format!("{mark}{ODD}"));
        assert_eq!((ended.code, ended.out), (Some(0), format!("{mark}{PLAIN}")));
    }
    let ended = doppio(
        folder.path(),
        &["--check", "-", "--path", "x.recipe.toml"],
        "a=1",
    );
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (Some(1), "x.recipe.toml is not formatted\n")
    );
    let ended = doppio(folder.path(), &["-"], "a=1");
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "no recipe");
}

#[test]
fn links_and_permissions_stay_and_what_cannot_be_written_is_said() {
    let folder = folder(&[("real.toml", ODD), ("locked.toml", ODD)]);
    let path = |name: &str| folder.path().join(name);
    symlink("real.toml", path("link.toml")).expect("a link");
    fs::set_permissions(path("real.toml"), fs::Permissions::from_mode(0o640)).expect("a mode");
    let ended = doppio(folder.path(), &["link.toml"], "");
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (Some(0), "link.toml formatted\n")
    );
    assert!(path("link.toml").is_symlink());
    assert_eq!(read(&folder, "real.toml"), PLAIN);
    let mode = fs::metadata(path("real.toml"))
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
    let left: Vec<_> = fs::read_dir(folder.path()).expect("a folder").collect();
    assert_eq!(left.len(), 3, "nothing is left over: {left:?}");

    let ended = doppio(folder.path(), &["nowhere.toml", "locked.toml"], "");
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.err.contains("nowhere.toml cannot be read"),
        "{}",
        ended.err
    );
    assert_eq!(
        read(&folder, "locked.toml"),
        PLAIN,
        "the others are written all the same"
    );
}
