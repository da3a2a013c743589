//! An editor that a script in its own language drives: it starts as a user's does, types, waits and looks.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::time::Duration;

use crate::{emacs, nvim};

/// Which editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// Neovim 0.10, without a screen. Scripts are in Lua.
    Neovim,
    /// The newest Emacs that can be had, on a terminal that nobody looks at. Scripts are in Emacs Lisp.
    Emacs,
    /// The system's Emacs, the oldest that is promised to work.
    OldEmacs,
}

/// How an editor is started: with which home, set-up and environment.
#[derive(Debug)]
pub struct Scripted<'a> {
    program: Program,
    pub(crate) home: &'a Path,
    pub(crate) setup: String,
    pub(crate) env: Vec<(OsString, OsString)>,
}

impl<'a> Scripted<'a> {
    /// An editor whose user lives in `home` and has no set-up. Of the environment it inherits only
    /// `PATH`.
    pub fn new(program: Program, home: &'a Path) -> Self {
        Self {
            program,
            home,
            setup: String::new(),
            env: Vec::new(),
        }
    }

    /// Gives the user an `init.lua` or `init.el`.
    pub fn setup(mut self, init: &str) -> Self {
        init.clone_into(&mut self.setup);
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().into(), value.as_ref().into()));
        self
    }

    /// Sets several.
    pub fn envs<N: AsRef<OsStr>, V: AsRef<OsStr>>(
        self,
        all: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let set = |editor: Self, (name, value)| editor.env(name, value);
        all.into_iter().fold(self, set)
    }

    /// Runs a script once the editor has started as usual, and returns all that was printed.
    ///
    /// Both kinds of scripts know: `press`, which types; `wait`, which lets the editor work until a
    /// condition gives something; `text`, what the buffer holds. Neovim's know `floating` besides, what
    /// floating windows show, and Emacs' `has`, whether the buffer holds words, `shown`, what another one
    /// does, and `say`, which prints.
    ///
    /// # Panics
    /// When the script raises an error, or has not ended after `limit`; with what was printed.
    #[track_caller]
    pub fn run(&self, script: &str, limit: Duration) -> String {
        match self.program {
            Program::Neovim => nvim::run(self, script, limit),
            Program::Emacs => emacs::run(self, crate::editor("emacs").as_os_str(), script, limit),
            Program::OldEmacs => emacs::run(self, "emacs".as_ref(), script, limit),
        }
    }
}
