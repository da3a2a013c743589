//! Why a reference cannot be replaced, in words that say what to write instead.

use super::Mark;

/// A mark whose value cannot be placed with certainty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Index of the mark.
    pub mark: usize,
    /// Why.
    pub why: Why,
}

/// Why a reference cannot become the expansion of an environment variable where it stands. Its text is
/// one sentence about the place and one about what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// `<<'EOF'`: nothing is expanded in there.
    #[error(
        "nothing is expanded in a here-document whose delimiter is quoted. Remove the quotes around {delimiter}, or {ENV_TABLE}"
    )]
    QuotedHereDocument {
        /// The delimiter, without its quotes.
        delimiter: String,
    },
    /// `<<${…}`.
    #[error(
        "the delimiter of a here-document is never expanded. Write a plain word such as EOF there"
    )]
    HereDocumentDelimiter,
    /// Two here-documents on one line, or one that the parser cannot follow.
    #[error(
        "where its here-documents begin and end cannot be verified. Write one here-document a line, with a plain delimiter such as EOF, or {ENV_TABLE}"
    )]
    HereDocuments,
    /// `$((…))`, `((…))`, `[[ … -eq … ]]`, `let`, a subscript, `${x:…}`, an integer variable.
    #[error(
        "the shell evaluates {place} and would run a command hidden in the value. {ENV_TABLE_SENTENCE} once you know that it is a number"
    )]
    Arithmetic {
        /// The place: `arithmetic`, `a subscript`.
        place: &'static str,
    },
    /// The argument of `python -c` and so on, or the standard input of such a program.
    #[error(
        "{program} parses this text as code of its own, so the value would be code too. Give it to the command with `env = {{ TOKEN = \"${{…}}\" }}` and read {read} there"
    )]
    Interpreted {
        /// The program that parses it.
        program: String,
        /// How its code reads the variable: `os.environ["TOKEN"]`.
        read: &'static str,
    },
    /// The argument of `sh -c`, `eval`, `ssh` and so on, or the standard input of a shell.
    #[error(
        "{program} parses this text a second time, as code, so the value would be code too. {ENV_TABLE_SENTENCE} in single quotes there, where {program} sees that variable"
    )]
    ParsedTwice {
        /// The program that parses it.
        program: String,
    },
    /// A value that names a variable or a function.
    #[error("a value cannot name a variable or a function here. Write the name itself")]
    Name,
    /// Inside `` `…` ``.
    #[error(
        "quoting inside backticks depends on the shell where something in them is escaped or quotes are open around them. Write $(…) instead of the backticks"
    )]
    Backticks,
    /// Quotes inside the expansion of a variable inside quotes.
    #[error(
        "shells disagree about quotes inside ${{…}} inside quotes. Remove the inner quotes, or {ENV_TABLE}"
    )]
    NestedQuotes,
    /// `"${X#…}"`, `[[ x =~ … ]]`.
    #[error("the value would be read as a pattern here. {ENV_TABLE_SENTENCE} in double quotes")]
    Pattern,
    /// `${X:=…}` outside double quotes.
    #[error(
        "what ${{…:=…}} gives is split into words and globbed. Put double quotes around the whole of it"
    )]
    AssignedDefault,
    /// `$` before it: where the name ends cannot be verified.
    #[error(
        "it cannot be verified where the variable before it ends. Write that one in braces, ${{X}}, too"
    )]
    Glued,
    /// `${ref…}` inside the name position of another expansion.
    #[error("one ${{…}} cannot make the name of another. {ENV_TABLE_SENTENCE}")]
    InsideExpansionName,
    /// `$'…\'…'`, `$'…\n'`.
    #[error(
        "a backslash in the same $'…' means something else to shells that do not know $'…'. Put the value in double quotes of its own"
    )]
    AnsiQuotes,
    /// A carriage return where shells and this check read lines differently.
    #[error(
        "the text has carriage returns, which shells take for part of a word. Save the file with LF line ends"
    )]
    CarriageReturn,
    /// No parser understands the text around it.
    #[error("the shell text around it has a syntax error. Mend that first, or {ENV_TABLE}")]
    Syntax,
    /// More than [`super::MOST_MARKS`].
    #[error(
        "one script can have at most {most} of these, and this one has more. Split it into several steps, or {ENV_TABLE}",
        most = super::MOST_MARKS
    )]
    TooMany,
    /// Everything else that could not be proved.
    #[error(
        "it cannot be verified that the value stays one piece of data here. {ENV_TABLE_SENTENCE} instead"
    )]
    Unverified,
}

const ENV_TABLE: &str =
    "give it to the command with `env = { TOKEN = \"${…}\" }` and write \"$TOKEN\"";
const ENV_TABLE_SENTENCE: &str =
    "Give it to the command with `env = { TOKEN = \"${…}\" }` and write \"$TOKEN\"";

/// The same refusal of every mark.
pub(super) fn of_each(marks: &[Mark], why: &Why) -> Vec<Refusal> {
    let refusal = |mark| Refusal {
        mark,
        why: why.clone(),
    };
    (0..marks.len()).map(refusal).collect()
}
