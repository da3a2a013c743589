//! `doppio graph`: the steps of a recipe and what they wait for, as a picture or as text.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use recipe::chart::{Chart, Outline};

use crate::check::Inputs;
use crate::report::{self, WRONG_USE};
use crate::view::print;

#[derive(Args)]
pub(crate) struct Graph {
    /// The recipe; `-` reads it from standard input.
    file: PathBuf,
    /// How to draw it.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A list in the order in which one step after the other would run.
    Text,
    /// A flowchart for Markdown pages.
    Mermaid,
    /// A graph for Graphviz.
    Dot,
    /// A picture, light or dark as its reader likes it.
    Svg,
}

impl Graph {
    /// Exit code 0 also for a recipe with errors, as much of it as can be understood; 2 if it cannot be
    /// read.
    pub(crate) fn run(self) -> ExitCode {
        let inputs = Inputs::read(std::slice::from_ref(&self.file), None);
        let outline = match inputs.recipes.as_slice() {
            _ if inputs.failed() => return ExitCode::from(WRONG_USE),
            [input] => Outline::of(&input.analysis),
            recipes => {
                let what = format!("{} holds {} recipes", self.file.display(), recipes.len());
                return report::error(what, "Name one of them.", WRONG_USE);
            }
        };
        let drawn = match self.format {
            Format::Text => outline.text(),
            Format::Mermaid => outline.mermaid(),
            Format::Dot => outline.dot(),
            Format::Svg => Chart::draw(outline).svg(),
        };
        // A reader that has seen enough, such as `head`, is no failure.
        let _ = print(&drawn);
        ExitCode::SUCCESS
    }
}
