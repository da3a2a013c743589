//! Neovim, driven by a Lua script, without a screen.

use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::{ProcessGroup, Scripted, editor};

/// Runs a Lua script in a Neovim.
#[track_caller]
pub(crate) fn run(user: &Scripted<'_>, script: &str, limit: Duration) -> String {
    let place = |name| user.home.join(name);
    fs::write(place("init.lua"), &user.setup).expect("the home takes files");
    fs::write(place("script.lua"), script).expect("the home takes files");
    fs::write(place("driver.lua"), DRIVER).expect("the home takes files");
    let printed = File::create(place("nvim.out")).expect("the home takes files");
    let mut group = ProcessGroup::spawn(
        Command::new(editor("nvim"))
            .args(["--headless", "-i", "NONE", "-n", "-u"])
            .arg(place("init.lua"))
            .arg("-S")
            .arg(place("driver.lua"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", user.home)
            .env("DOPPIO_TEST_SCRIPT", place("script.lua"))
            .envs(user.env.iter().map(|(name, value)| (name, value)))
            .current_dir(user.home)
            .stdin(Stdio::null())
            .stderr(printed.try_clone().expect("a file has two handles"))
            .stdout(printed),
    );
    let ended = group.wait(limit);
    let printed = fs::read(place("nvim.out")).expect("its own file can be read");
    let printed = String::from_utf8_lossy(&printed).into_owned();
    match ended {
        Some(status) if status.success() => printed,
        Some(status) => panic!("Neovim ended with {status}:\n{printed}"),
        None => panic!("Neovim had not ended after {limit:?}:\n{printed}"),
    }
}

/// Runs the script beside Neovim's own loop, and makes an error in it an exit code.
const DRIVER: &str = include_str!("nvim.lua");

#[cfg(test)]
mod tests {
    use super::*;

    use crate::Program;

    const LIMIT: Duration = Duration::from_secs(60);

    #[test]
    fn it_runs_a_script_after_the_users_set_up() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let printed = Scripted::new(Program::Neovim, home.path())
            .setup("vim.g.from_setup = 'made up'")
            .env("WORD", "coffee")
            .run(
                "print(vim.g.from_setup, vim.env.WORD, vim.fn.has('nvim-0.10'))",
                LIMIT,
            );
        assert_eq!(printed.trim(), "made up coffee 1");
    }

    #[test]
    fn it_types_like_a_person() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let script = r#"
            press('ione only<CR>on<C-x><C-n>')
            wait('the menu', function() return vim.fn.pumvisible() == 1 end)
            press('<C-y>!<Esc>')
            wait('the word', function() return text() == 'one only\none!\n' end)"#;
        Scripted::new(Program::Neovim, home.path()).run(script, LIMIT);
    }

    #[test]
    #[should_panic(expected = "waited for what never comes")]
    fn a_script_that_waits_for_nothing_ends() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let script = "limit = 0.1 wait('what never comes', function() end)";
        Scripted::new(Program::Neovim, home.path()).run(script, LIMIT);
    }

    #[test]
    #[should_panic(expected = "nobody expects this")]
    fn an_error_in_the_script_is_shown() {
        let home = tempfile::tempdir().expect("a temporary folder");
        Scripted::new(Program::Neovim, home.path()).run("error('nobody expects this')", LIMIT);
    }
}
