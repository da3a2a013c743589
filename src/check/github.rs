//! Findings as GitHub Actions shows them beside the lines of a change: workflow commands.

use std::fmt::Write as _;
use std::io::{self, Write};

use recipe::diagnostic::{Diagnostic, Severity};
use runner::visible::escaped;

use super::{Found, Place};

pub(super) fn print(all: &[Found<'_>]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for found in all {
        let places = found.places();
        for diagnostic in &found.diagnostics {
            let place = places.of(diagnostic.span);
            writeln!(out, "{}", annotation(&found.path, place, diagnostic))?;
        }
    }
    out.flush()
}

fn annotation(path: &str, place: Place, diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Hint => "notice",
    };
    let Place {
        line,
        column,
        end_line,
        end_column,
    } = place;
    let mut shown = format!(
        "::{level} file={},line={line},endLine={end_line}",
        property(path)
    );
    // Columns are refused where there are several lines.
    if line == end_line {
        write!(shown, ",col={column},endColumn={end_column}").expect("to a string");
    }
    let title = property(&format!("doppio {}", diagnostic.code));
    write!(shown, ",title={title}::{}", data(&diagnostic.message)).expect("to a string");
    shown
}

/// A message: nothing in it ends the command or begins another.
fn data(text: &str) -> String {
    // Line ends are written out by `escaped` already; a stray one must not get through all the same.
    let text = escaped(text).replace('%', "%25");
    text.replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property: likewise, and nothing ends it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use recipe::Span;

    use super::*;

    #[test]
    fn nothing_ends_a_command_or_begins_another() {
        let message = "100%: it's\n::set-output name=x::y, \u{1b}[2J";
        let diagnostic = Diagnostic::new("step-id", Severity::Warning, Span::at(0), message);
        let place = |end_line| Place {
            line: 1,
            column: 2,
            end_line,
            end_column: 3,
        };
        assert_eq!(
            annotation("a,b:c%\n::.toml", place(1), &diagnostic),
            "::warning file=a%2Cb%3Ac%25\\n%3A%3A.toml,line=1,endLine=1,col=2,endColumn=3,\
             title=doppio step-id::100%25: it's\\n::set-output name=x::y, \\u{1b}[2J"
        );
        let several = annotation("a", place(2), &diagnostic);
        assert!(
            several.starts_with("::warning file=a,line=1,endLine=2,title="),
            "{several}"
        );
    }
}
