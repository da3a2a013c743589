//! A run as plain lines: what `doppio run` prints where there is no terminal, and `log.txt`.
//!
//! Lines that a command wrote start with `STEP | `, lines of ours with `STEP: `, so that a command
//! cannot pass its words off as ours. Lines of steps that run at the same time stay whole.

use std::collections::BTreeMap;

use crate::event::{Event, RunStatus, StepStatus, Stream, What};
use crate::execute::without_colours;
use crate::visible::{escaped, escaped_lines};

/// Turns events into lines.
#[derive(Debug, Default)]
pub struct Transcript {
    /// Whether colours are left in, each line ending without any.
    colours: bool,
    /// What steps have written after their last line end.
    open_lines: BTreeMap<(String, Stream), String>,
}

/// A line that never ends is broken here, so that it is seen at all. In bytes.
const LONGEST_LINE: usize = 16 * 1024;

impl Transcript {
    /// Lines for a terminal, with the colours that commands print.
    pub fn in_colour() -> Self {
        Self {
            colours: true,
            ..Self::default()
        }
    }

    /// What a step has written after its last line end: a prompt, or a line that still grows.
    pub fn open_line(&self, step: &str) -> &str {
        let open = [Stream::Stdout, Stream::Stderr]
            .iter()
            .filter_map(|stream| self.open_lines.get(&(step.to_owned(), *stream)));
        open.map(String::as_str)
            .find(|line| !line.is_empty())
            .unwrap_or("")
    }

    /// The lines that this event completes, each with its line end; often none.
    pub fn lines(&mut self, event: &Event) -> String {
        match &event.what {
            What::Output {
                step, stream, text, ..
            } => self.output(step, *stream, text),
            What::StepFinished { step, .. } | What::StepRetrying { step, .. } => {
                self.close(step) + &headline(&event.what)
            }
            what => headline(what),
        }
    }

    fn output(&mut self, step: &str, stream: Stream, text: &str) -> String {
        let mut open = self
            .open_lines
            .remove(&(step.to_owned(), stream))
            .unwrap_or_default();
        open.push_str(text);
        let mut rest = open.as_str();
        let mut out = String::new();
        while let Some((line, after)) = split_line(rest) {
            out.push_str(&self.line(step, line));
            rest = after;
        }
        if rest.len() > LONGEST_LINE {
            out.push_str(&self.line(step, rest));
            rest = "";
        }
        let rest = rest.to_owned();
        self.open_lines.insert((step.to_owned(), stream), rest);
        out
    }

    fn line(&self, step: &str, line: &str) -> String {
        match self.colours && line.contains('\x1b') {
            true => format!("{step} | {line}\x1b[0m\n"),
            false => format!("{step} | {}\n", without_colours(line)),
        }
    }

    /// Ends the lines that a step has left open.
    fn close(&mut self, step: &str) -> String {
        let mut out = String::new();
        for stream in [Stream::Stdout, Stream::Stderr] {
            let open = self.open_lines.remove(&(step.to_owned(), stream));
            let open = open.unwrap_or_default();
            let line = open.trim_end_matches('\r');
            if !line.is_empty() {
                out.push_str(&self.line(step, line));
            }
        }
        out
    }
}

/// Splits off the first whole line. A carriage return ends one too: progress bars would otherwise
/// write over what stands before them. One at the very end waits for what follows it.
fn split_line(text: &str) -> Option<(&str, &str)> {
    let end = text.find(['\n', '\r'])?;
    let (line, rest) = text.split_at(end);
    match rest
        .strip_prefix("\r\n")
        .or_else(|| rest.strip_prefix('\n'))
    {
        Some(rest) => Some((line, rest)),
        None if rest.len() == 1 => None,
        None => Some((line, &rest[1..])),
    }
}

/// The lines that an event is worth by itself, for people.
pub fn headline(what: &What) -> String {
    match what {
        What::RunStarted {
            run_id,
            recipe,
            target,
            ..
        } => match target {
            Some(target) => {
                format!("run {run_id}: {} on {}\n", escaped(recipe), escaped(target))
            }
            None => format!("run {run_id}: {}\n", escaped(recipe)),
        },
        What::Refused { problems } => {
            let mut out = String::from("nothing was run:\n");
            for problem in problems {
                let steps = match problem.steps.as_slice() {
                    [] => String::new(),
                    [step] => format!(" (step {step})"),
                    steps => format!(" (steps {})", steps.join(", ")),
                };
                let message = escaped_lines(&problem.message, "\n    ");
                out.push_str(&format!("  - {message}{steps}\n"));
            }
            out
        }
        What::StepStarted { step, host } => match host {
            Some(host) => format!("{step}: started on {}\n", escaped(host)),
            None => format!("{step}: started\n"),
        },
        What::Output { .. } => String::new(),
        What::StepRetrying {
            step,
            attempt,
            max_attempts,
            wait_secs,
            message,
            ..
        } => format!(
            "{step}: attempt {attempt} of {max_attempts} failed: {}; next in {}\n",
            escaped_lines(message, "\n    "),
            duration(*wait_secs)
        ),
        What::StepFinished {
            step,
            status,
            message,
            attempts,
            seconds,
            ..
        } => {
            let status = match status {
                StepStatus::Success => "succeeded",
                StepStatus::Failed => "failed",
                StepStatus::Cancelled => "cancelled",
            };
            let tries = match attempts {
                0 | 1 => String::new(),
                more => format!(", {more} attempts"),
            };
            let why = message
                .as_ref()
                .map(|why| format!(": {}", escaped_lines(why, "\n    ")));
            format!(
                "{step}: {status} after {}{tries}{}\n",
                duration(*seconds),
                why.unwrap_or_default()
            )
        }
        What::StepSkipped { step, message, .. } => {
            format!("{step}: skipped: {}\n", escaped_lines(message, "\n    "))
        }
        What::Warning { step, message } => {
            let message = escaped_lines(message, "\n    ");
            match step {
                Some(step) => format!("{step}: warning: {message}\n"),
                None => format!("warning: {message}\n"),
            }
        }
        What::RunFinished { status, seconds } => {
            let status = match status {
                RunStatus::Success => "succeeded",
                RunStatus::Failed => "failed",
                RunStatus::Cancelled => "was cancelled",
                RunStatus::Refused => "was refused",
            };
            format!("the run {status} after {}\n", duration(*seconds))
        }
    }
}

/// A duration for people: `0.4 s`, `2 min 05 s`, `3 h 20 min`.
pub fn duration(seconds: f64) -> String {
    if seconds < 59.95 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60);
    match hours {
        0 => format!("{minutes} min {rest:02} s"),
        _ => format!("{hours} h {minutes:02} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(transcript: &mut Transcript, step: &str, text: &str) -> String {
        transcript.lines(&Event::now(What::Output {
            step: step.into(),
            stream: Stream::Stdout,
            seq: 1,
            text: text.into(),
        }))
    }

    #[test]
    fn lines_stay_whole_and_bare_of_colours() {
        let mut transcript = Transcript::default();
        assert_eq!(output(&mut transcript, "a", "one\ntw"), "a | one\n");
        assert_eq!(
            output(&mut transcript, "b", "b: succeeded\n"),
            "b | b: succeeded\n"
        );
        assert_eq!(output(&mut transcript, "a", "\x1b[1mo\x1b[0m\r"), "");
        assert_eq!(
            output(&mut transcript, "a", "\n50%\r60%\r"),
            "a | two\na | 50%\n"
        );
        let finished = What::StepFinished {
            step: "a".into(),
            status: StepStatus::Failed,
            exit_code: Some(3),
            reason: Some(crate::event::Failure::ExitCode),
            message: Some("exit code 3".into()),
            attempts: 2,
            seconds: 1.25,
        };
        assert_eq!(
            transcript.lines(&Event::now(finished)),
            "a | 60%\na: failed after 1.2 s, 2 attempts: exit code 3\n"
        );
    }

    #[test]
    fn an_endless_line_is_broken() {
        let mut transcript = Transcript::default();
        let lines = output(&mut transcript, "a", &"x".repeat(LONGEST_LINE + 1));
        assert_eq!(lines.len(), LONGEST_LINE + 1 + "a | \n".len());
    }

    #[test]
    fn durations_read_well() {
        assert_eq!(duration(0.44), "0.4 s");
        assert_eq!(duration(59.97), "1 min 00 s");
        assert_eq!(duration(12_000.0), "3 h 20 min");
    }
}
