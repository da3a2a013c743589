//! Helix 25.01 on a terminal, typed into.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::time::Duration;

use testkit::tmux::Terminal;
use testkit::{editor, poll};

use crate::world::{LIMIT, TOML_FILES, World, credential, set_up};

fn helix(world: &World, recipe: &str) -> Terminal {
    world.write(".config/helix/languages.toml", set_up("Helix", "toml"));
    let file = world.write("train.recipe.toml", recipe);
    start(world, &file)
}

fn start(world: &World, file: &Path) -> Terminal {
    let env = world.env();
    let env: Vec<(&str, &OsStr)> = env
        .iter()
        .map(|(name, value)| (*name, value.as_os_str()))
        .collect();
    let terminal = Terminal::start(&[editor("hx").as_os_str(), file.as_os_str()], &env);
    terminal.wait_for("NOR", LIMIT);
    terminal
}

/// Leaves insert mode. A key that follows Escape at once would be Alt and that key.
fn normal_mode(terminal: &Terminal) {
    terminal.press(&["Escape"]);
    terminal.wait_for("NOR", LIMIT);
}

/// Goes to where a pattern stands, and selects that.
fn go_to(terminal: &Terminal, pattern: &str) {
    terminal.press(&["/"]);
    terminal.type_text(pattern);
    terminal.press(&["Enter"]);
}

/// Goes to where a pattern stands and inserts there.
fn insert_before(terminal: &Terminal, pattern: &str) {
    go_to(terminal, pattern);
    terminal.press(&["i"]);
    terminal.wait_for("INS", LIMIT);
}

/// Closes what lies over the text, which shows a text.
fn close(terminal: &Terminal, text: &str) {
    terminal.press(&["Escape"]);
    let is_closed = poll(LIMIT, || (!terminal.screen().contains(text)).then_some(()));
    assert!(is_closed.is_some(), "{}", terminal.screen());
}

/// Presses keys, and again where the answer does not come, until a text is on the screen.
fn ask_until(terminal: &Terminal, keys: &[&str], text: &str) {
    let answered = poll(LIMIT, || {
        terminal.press(keys);
        poll(Duration::from_secs(1), || {
            terminal.screen().contains(text).then_some(())
        })
    });
    assert!(answered.is_some(), "no {text:?}:\n{}", terminal.screen());
}

/// Helix 25.01 sends keys that follow one another within milliseconds in any order.
#[test]
fn it_is_understood_however_fast_one_types() {
    let world = World::new();
    let recipe = "[recipe]\nname = \"train\"\nx\n";
    let terminal = helix(&world, recipe);
    terminal.wait_for("● 1", LIMIT);
    insert_before(&terminal, "^x");
    let key = "the_quick_brown_fox_jumps_over_the_lazy_dog";
    for round in 0..5 {
        terminal.type_text(&format!("{key}{round} = {round}\n"));
    }
    normal_mode(&terminal);
    terminal.wait_for("● 6", LIMIT);
    for round in 0..5 {
        terminal.press(&["[", "d"]);
        terminal.wait_for(&format!("no key '{key}{}'", 4 - round), LIMIT);
    }
}

#[test]
fn it_shows_mistakes_and_completes_secrets() {
    let world = World::new();
    let recipe = r#"[recipe]
name = "train"

[[step]]
id = "a"
sleep = { duration_secs = 1 }

[[step]]
id = "b"
depends_on = ["a"]
ssh_command = { command = "echo ${secret:}" }
"#;
    let terminal = helix(&world, recipe);
    terminal.wait_for("●  11", LIMIT);
    insert_before(&terminal, r#"a"\]"#);
    terminal.type_text("x");
    // A dot in the margin at once; the words once one goes there.
    terminal.wait_for("●  10", LIMIT);
    normal_mode(&terminal);
    terminal.press(&["Space", "d"]);
    terminal.wait_for("no step has the id 'xa'", LIMIT);
    close(&terminal, "severity");
    terminal.press(&["[", "D"]);
    terminal.wait_for("unknown-step", LIMIT);
    ask_until(&terminal, &["Space", "a"], "Change to 'a'");
    terminal.press(&["Enter"]);
    terminal.wait_for(r#"depends_on = ["a"]"#, LIMIT);
    insert_before(&terminal, r#"\}""#);
    // The server does not wait for the keychain: who is faster than it asks once more.
    ask_until(&terminal, &["C-x"], "demo/token");
    terminal.press(&["Tab", "Enter"]);
    terminal.wait_for(r#""echo ${secret:demo/token}""#, LIMIT);
    normal_mode(&terminal);
    go_to(&terminal, "demo");
    ask_until(&terminal, &["Space", "k"], "Secret demo/token: keychain");
}

#[test]
fn it_completes_a_whole_step() {
    let world = World::new();
    let terminal = helix(&world, "[recipe]\nname = \"train\"\n");
    terminal.press(&["g", "e", "o"]);
    terminal.wait_for("INS", LIMIT);
    terminal.type_text("sleep");
    ask_until(&terminal, &["C-x"], "[[step]] sleep");
    terminal.press(&["C-n", "Enter"]);
    terminal.wait_for("sleep = { duration_secs =", LIMIT);
}

#[test]
fn it_moves_a_credential_into_the_keychain() {
    let world = World::new();
    let value = credential();
    let recipe = format!(
        "[recipe]\nname = \"train\"\n[[step]]\nid = \"a\"\nssh_command = {{ host_id = \"gpu-1\", command = \"T={value} true\" }}\n"
    );
    let terminal = helix(&world, &recipe);
    go_to(&terminal, "hf_");
    ask_until(&terminal, &["Space", "a"], "Move");
    terminal.press(&["Enter"]);
    let screen = terminal.wait_for("T=${secret:", LIMIT);
    let (_, name) = screen.split_once("${secret:").expect("it is there");
    let name = name.split('}').next().unwrap_or_default();
    assert_eq!(world.keyring.lookup(name), Some(value), "{screen}");
}

#[test]
fn it_writes_a_recipe_in_another_way() {
    let world = World::new();
    let recipe = r#"[recipe]
name = "train"

[[step]]
id = "a"
ssh_command = { command = "train --epochs 30" }
"#;
    let terminal = helix(&world, recipe);
    go_to(&terminal, "30");
    // Until the server is up there are no actions.
    ask_until(&terminal, &["Space", "a"], "Extract into variable 'epochs'");
    terminal.press(&["Enter"]);
    terminal.wait_for("epochs = \"30\"", LIMIT);
    terminal.wait_for("--epochs ${epochs}", LIMIT);
    go_to(&terminal, "^ssh");
    ask_until(&terminal, &["Space", "a"], "Turn 'ssh_command' into");
    terminal.press(&["Enter"]);
    terminal.wait_for("[step.ssh_command]", LIMIT);
}

#[test]
fn it_runs_a_recipe_by_code_action() {
    let world = World::new();
    let recipe = r#"[recipe]
name = "train"

[[step]]
id = "write"
ssh_command = { host_id = "gpu-1", command = "echo from helix > written" }
"#;
    let terminal = helix(&world, recipe);
    // Until the server is up there are no actions.
    ask_until(&terminal, &["Space", "a"], "Run recipe");
    terminal.press(&["Enter"]);
    // What it does comes as a message, and the way to approve it as the first action. Until it is
    // there, the menu of actions is closed and opened again.
    let offered = poll(LIMIT, || {
        terminal.press(&["Space", "a"]);
        let is_there = || {
            terminal
                .screen()
                .contains("Approve and run: 1 host")
                .then_some(())
        };
        poll(Duration::from_secs(1), is_there).or_else(|| {
            terminal.press(&["Escape"]);
            poll(LIMIT, || {
                (!terminal.screen().contains("Dry run")).then_some(())
            })?;
            None
        })
    });
    assert!(offered.is_some(), "no approval:\n{}", terminal.screen());
    terminal.press(&["Enter"]);
    let written = world.sshd.home("bash").join("written");
    let run = poll(LIMIT, || {
        let text = fs::read_to_string(&written).unwrap_or_default();
        (text == "from helix\n").then_some(())
    });
    assert!(run.is_some(), "nothing was written:\n{}", terminal.screen());
}

#[test]
fn it_follows_and_renames_names() {
    let world = World::new();
    let recipe = r#"[recipe]
name = "train"

[variables]
model = "bert"

[[step]]
id = "a"
ssh_command = { host_id = "gpu-1", command = "echo ${model}" }
"#;
    let terminal = helix(&world, recipe);
    go_to(&terminal, r"\{model");
    terminal.wait_for("9:", LIMIT);
    // Until the server is up nothing is defined anywhere.
    ask_until(&terminal, &["g", "d"], "sel  5:1");
    terminal.press(&["g", "r"]);
    terminal.wait_for("2/2", LIMIT);
    close(&terminal, "2/2");
    go_to(&terminal, r"\{model");
    terminal.wait_for("9:", LIMIT);
    terminal.press(&["g", "D"]);
    terminal.wait_for("sel  5:1", LIMIT);
    terminal.press(&["Space", "h"]);
    terminal.wait_for("2 sels", LIMIT);
    terminal.press(&[","]);
    terminal.wait_for("1 sel", LIMIT);
    terminal.press(&["Space", "r"]);
    terminal.wait_for("rename-to:", LIMIT);
    terminal.press(&["C-u"]);
    terminal.type_text("base");
    terminal.press(&["Enter"]);
    terminal.wait_for("${base}", LIMIT);
    terminal.wait_for("base = ", LIMIT);
    terminal.press(&["Space", "s"]);
    terminal.wait_for("method    ssh_command", LIMIT);
    close(&terminal, "method    ssh_command");
    terminal.press(&["Space", "S"]);
    terminal.wait_for("kind", LIMIT);
    terminal.type_text("bse");
    terminal.wait_for("variable base", LIMIT);
    close(&terminal, "variable base");
    go_to(&terminal, "gpu-1");
    terminal.press(&["g", "d"]);
    terminal.wait_for("[hosts.gpu-1]", LIMIT);
}

#[test]
fn only_recipes_are_attached_to() {
    let world = World::new();
    world.write(".config/helix/languages.toml", set_up("Helix", "toml"));
    for (name, text) in TOML_FILES {
        world.write(name, text);
    }
    // Helix goes by names alone.
    for (name, is_recipe) in [
        ("Cargo.toml", false),
        ("recipes/a.toml", true),
        (".doppio/b.toml", true),
        ("c.recipe.toml", true),
    ] {
        let terminal = start(&world, &world.home().join(name));
        terminal.type_text(":set-language");
        terminal.press(&["Enter"]);
        let language = if is_recipe { "doppio-recipe" } else { "toml" };
        let screen = terminal.wait_for(language, LIMIT);
        assert_eq!(
            screen.contains("doppio-recipe"),
            is_recipe,
            "{name}:\n{screen}"
        );
    }
}

#[test]
fn it_shows_hints_within_the_text() {
    let world = World::new();
    world.write(
        ".config/helix/config.toml",
        "[editor.lsp]\ndisplay-inlay-hints = true\n",
    );
    let recipe = r#"[recipe]
name = "train"

[variables]
model = "bert"

[[step]]
id = "a"
timeout_secs = 5400
ssh_command = { host_id = "gpu-1", command = "echo ${model}" }
"#;
    let terminal = helix(&world, recipe);
    terminal.wait_for("5400 = 1 hour 30 minutes", LIMIT);
    terminal.wait_for("${model} = bert", LIMIT);
}

#[test]
fn it_formats_a_recipe() {
    let world = World::new();
    let recipe = "[recipe]\nname=\"train\"\n[[step]]\nid = \"a\"\ndepend=[]\nssh_command={command='x=1',host_id='gpu-1'}\n";
    let terminal = helix(&world, recipe);
    // The unknown key is marked once the server is up.
    terminal.wait_for("● 1", LIMIT);
    go_to(&terminal, "^name");
    terminal.press(&["x", "="]);
    terminal.wait_for("name = \"train\"", LIMIT);
    terminal.type_text(":format");
    terminal.press(&["Enter"]);
    terminal.wait_for("name = \"train\"", LIMIT);
    terminal.wait_for(
        "ssh_command = { command = 'x=1', host_id = 'gpu-1' }",
        LIMIT,
    );
    terminal.type_text(":w");
    terminal.press(&["Enter"]);
    let file = world.home().join("train.recipe.toml");
    let saved = poll(LIMIT, || {
        let text = fs::read_to_string(&file).ok()?;
        let is_formatted = text.contains("name = \"train\"\n\n[[step]]\nid = \"a\"\ndepend = []\n");
        is_formatted.then_some(())
    });
    assert!(saved.is_some(), "{}", terminal.screen());
}
