//! `doppio explain`: the page of a check. The pages of `docs/checks/` are part of the program.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use include_dir::{Dir, include_dir};
use recipe::checks::CHECKS;
use recipe::nearest::{did_you_mean, nearest};

use crate::report::{self, WRONG_USE};

static PAGES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/docs/checks");

#[derive(Args)]
pub(crate) struct Explain {
    /// The code of a check, such as unknown-key; without it, all are listed.
    code: Option<String>,
}

impl Explain {
    pub(crate) fn run(self) -> ExitCode {
        let text = match &self.code {
            None => list(),
            Some(code) => match page(code) {
                Some(page) => page.to_owned(),
                None => {
                    let hint = did_you_mean(nearest(code, CHECKS.iter().map(|check| check.code)));
                    let what = format!("there is no check '{code}'{hint}");
                    return report::error(what, "List them with: doppio explain", WRONG_USE);
                }
            },
        };
        // Whoever reads this may have seen enough and be gone.
        let _ = io::stdout().lock().write_all(text.as_bytes());
        ExitCode::SUCCESS
    }
}

/// The page of a check, in Markdown.
pub(crate) fn page(code: &str) -> Option<&'static str> {
    let is_code = code
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let file = PAGES.get_file(format!("{code}.md")).filter(|_| is_code);
    file?.contents_utf8()
}

fn list() -> String {
    let widest = CHECKS
        .iter()
        .map(|check| check.code.len())
        .max()
        .unwrap_or(0);
    let line = |check: &&recipe::checks::Check| {
        let (code, level) = (check.code, check.severity.name());
        format!("{code:widest$}  {level:7}  {}\n", check.title)
    };
    CHECKS.iter().map(line).collect()
}
