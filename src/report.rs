//! What is said to the user beside the results: on standard error, coloured where that is a terminal.

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use runner::visible::escaped_lines;

/// The exit code for a wrong command line, recipe or file.
pub(crate) const WRONG_USE: u8 = 2;

/// The exit code for a secret, host, login or answer that is missing.
pub(crate) const MISSING: u8 = 3;

/// Says what failed and what to do next.
pub(crate) fn error(what: impl Display, advice: impl Display, code: u8) -> ExitCode {
    say("error", AnsiColor::Red, what);
    let advice = advice.to_string();
    if !advice.is_empty() {
        say("help", AnsiColor::Cyan, advice);
    }
    ExitCode::from(code)
}

/// Says what is odd but no failure.
pub(crate) fn warning(what: impl Display) {
    say("warning", AnsiColor::Yellow, what);
}

fn say(kind: &str, color: AnsiColor, what: impl Display) {
    // Paths and names in it may be anybody's.
    let what = escaped_lines(&what.to_string(), "\n");
    let style = Style::new().bold().fg_color(Some(color.into()));
    // A run outlives whoever watches it: where standard error is gone, nobody is there to be told.
    let _ = writeln!(anstream::stderr(), "{style}{kind}{style:#}: {what}");
}
