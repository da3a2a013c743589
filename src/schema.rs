//! `doppio schema`: the JSON Schema of recipes.

use std::process::ExitCode;

use clap::Args;

use crate::view::print;

/// Prints the JSON Schema (draft 7) of recipes.
#[derive(Args)]
pub(crate) struct Schema {}

impl Schema {
    /// Exit code 0.
    pub(crate) fn run(self) -> ExitCode {
        // A reader that has seen enough, such as `head`, is no failure.
        let _ = print(&recipe::language::schema());
        ExitCode::SUCCESS
    }
}
