//! The view on a terminal: a line for each running step at the bottom with its time and what it
//! writes right now; what is finished scrolls up above.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use runner::event::{Event, RunStatus, StepStatus, What};
use runner::execute::without_colours;
use runner::transcript::{Transcript, headline};

/// The state of the screen.
pub(super) struct Live {
    lines: MultiProgress,
    running: BTreeMap<String, ProgressBar>,
    transcript: Transcript,
}

/// How often the time of a running step moves on.
const TICK: Duration = Duration::from_millis(100);

impl Live {
    pub(super) fn new() -> Self {
        Self {
            lines: MultiProgress::with_draw_target(ProgressDrawTarget::stdout()),
            running: BTreeMap::new(),
            transcript: Transcript::in_colour(),
        }
    }

    pub(super) fn show(&mut self, event: &Event) -> io::Result<()> {
        match &event.what {
            What::StepStarted { step, host } => self.start(step, host.as_deref()),
            What::StepFinished { step, .. } => {
                if let Some(line) = self.running.remove(step) {
                    line.finish_and_clear();
                    self.lines.remove(&line);
                }
            }
            _ => {}
        }
        let text = self.transcript.lines(event);
        let text = match &event.what {
            What::Output { step, .. } => {
                if let Some(line) = self.running.get(step) {
                    line.set_message(without_colours(self.transcript.open_line(step)));
                }
                text
            }
            what => self.styled(what, &text),
        };
        match text.strip_suffix('\n') {
            Some(text) => self.lines.println(text),
            None => Ok(()),
        }
    }

    fn start(&mut self, step: &str, host: Option<&str>) {
        let line = self.lines.add(ProgressBar::new_spinner());
        let template = "{spinner:.cyan} {prefix} {elapsed:.dim} {wide_msg:.dim}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            line.set_style(style);
        }
        line.set_prefix(match host {
            Some(host) => format!("{step} on {host}"),
            None => step.to_owned(),
        });
        line.enable_steady_tick(TICK);
        self.running.insert(step.to_owned(), line);
    }

    /// Colours the last line, which is ours; lines of the command may stand before it.
    fn styled(&self, what: &What, text: &str) -> String {
        let own = headline(what);
        let before = text.strip_suffix(own.as_str()).unwrap_or_default();
        let style = style(what);
        format!("{before}{style}{}{style:#}\n", own.trim_end_matches('\n'))
    }
}

fn style(what: &What) -> Style {
    let green = AnsiColor::Green.on_default();
    let red = AnsiColor::Red.on_default();
    match what {
        What::StepFinished { status, .. } => match status {
            StepStatus::Success => green,
            StepStatus::Failed => red,
            StepStatus::Cancelled => AnsiColor::Yellow.on_default(),
        },
        What::RunFinished { status, .. } => match status {
            RunStatus::Success => green.bold(),
            RunStatus::Cancelled => AnsiColor::Yellow.on_default().bold(),
            RunStatus::Failed | RunStatus::Refused => red.bold(),
        },
        What::Refused { .. } => red,
        What::Warning { .. } | What::StepRetrying { .. } => AnsiColor::Yellow.on_default(),
        What::RunStarted { .. } => Style::new().bold(),
        What::StepStarted { .. } | What::StepSkipped { .. } | What::Output { .. } => {
            Style::new().dimmed()
        }
    }
}
