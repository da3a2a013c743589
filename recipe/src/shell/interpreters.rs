//! Programs that parse an argument, or their input, in a language of their own: quoting in the shell does
//! not reach there.

use super::command::{Word, base_name};
use super::refusal::Why;

/// How a program is given code. Letters are short options, as in `-e`.
struct Language {
    names: &'static [&'static str],
    /// Options whose value is code.
    code: &'static str,
    long_code: &'static [&'static str],
    /// Options whose value is a file of code.
    file: &'static str,
    /// Options with a value that is data.
    values: &'static str,
    long_values: &'static [&'static str],
    /// Options whose value, if any, is glued on.
    glued: &'static str,
    /// Options after which everything is an argument of the code.
    last: &'static str,
    /// Whether the first operand is code where no option gave it.
    operand: bool,
    /// Whether options may come after operands.
    anywhere: bool,
    /// Whether it runs what it reads where no code and no file is given.
    input: bool,
    /// How its code reads the variable TOKEN; nothing where the code is a command of the shell's kind.
    read: &'static str,
}

const NONE: Language = Language {
    names: &[],
    code: "",
    long_code: &[],
    file: "",
    values: "",
    long_values: &[],
    glued: "",
    last: "",
    operand: false,
    anywhere: false,
    input: false,
    read: "",
};

/// Names without a version at their end.
const LANGUAGES: &[Language] = &[
    Language {
        names: &["python", "pypy", "ipython"],
        code: "c",
        values: "mWX",
        last: "cm",
        input: true,
        read: "os.environ[\"TOKEN\"]",
        ..NONE
    },
    Language {
        names: &["perl"],
        code: "eEMmF",
        values: "I",
        glued: "i",
        input: true,
        read: "$ENV{TOKEN}",
        ..NONE
    },
    Language {
        names: &["ruby"],
        code: "e",
        values: "rIEC",
        glued: "iFKTW",
        input: true,
        read: "ENV[\"TOKEN\"]",
        ..NONE
    },
    Language {
        names: &["node", "nodejs", "bun", "tsx", "ts-node"],
        code: "ep",
        long_code: &["--eval", "--print"],
        values: "rC",
        long_values: &["--require", "--import", "--loader", "--conditions"],
        input: true,
        read: "process.env.TOKEN",
        ..NONE
    },
    Language {
        names: &["php"],
        code: "rBRE",
        long_code: &[
            "--run",
            "--process-begin",
            "--process-code",
            "--process-end",
        ],
        file: "fF",
        values: "cdzSt",
        input: true,
        read: "getenv(\"TOKEN\")",
        ..NONE
    },
    Language {
        names: &[
            "lua",
            "luajit",
            "julia",
            "Rscript",
            "R",
            "osascript",
            "groovy",
            "guile",
            "tclsh",
        ],
        code: "eEc",
        long_code: &["--eval", "--print"],
        values: "lL",
        input: true,
        read: "the variable TOKEN of its environment",
        ..NONE
    },
    Language {
        names: &["awk", "gawk", "mawk", "nawk"],
        code: "e",
        long_code: &["--source"],
        file: "f",
        values: "vFi",
        long_values: &["--assign", "--field-separator", "--include"],
        operand: true,
        read: "ENVIRON[\"TOKEN\"]",
        ..NONE
    },
    Language {
        names: &["sed", "gsed", "ssed"],
        code: "e",
        long_code: &["--expression"],
        file: "f",
        values: "l",
        long_values: &["--line-length"],
        glued: "i",
        operand: true,
        anywhere: true,
        read: "ENVIRON[\"TOKEN\"] of awk, since sed has no way to read it",
        ..NONE
    },
    Language {
        names: &["rsync"],
        code: "e",
        long_code: &["--rsh", "--rsync-path"],
        values: "BTfM@",
        anywhere: true,
        ..NONE
    },
    Language {
        names: &["tar", "gtar", "bsdtar"],
        code: "IF",
        long_code: &[
            "--to-command",
            "--use-compress-program",
            "--checkpoint-action",
            "--info-script",
            "--new-volume-script",
            "--rmt-command",
            "--rsh-command",
        ],
        values: "fCTXgbHKLNV",
        anywhere: true,
        ..NONE
    },
];

/// Why the word at `index` is code to the program at `at`, if it is.
pub(super) fn parses(words: &[Word<'_>], at: usize, index: usize) -> Option<Why> {
    let (language, program) = language(&words[at])?;
    let given = Given::of(language, words, at);
    let from_pipe = words[index].node.kind() == "process_substitution"
        && (given.files.contains(&index) || language.input && given.operand == Some(index));
    let operand = language.operand && !given.has_code && given.operand == Some(index);
    (from_pipe || operand || given.code.contains(&index)).then(|| language.refuse(program))
}

/// Why nothing may be fed to the program at `at`, if it takes that for code.
pub(super) fn reads(words: &[Word<'_>], at: usize) -> Option<Why> {
    let (language, program) = language(&words[at])?;
    let given = Given::of(language, words, at);
    let is_input = |at: &usize| words.get(*at).is_some_and(is_standard_input);
    let runs_input =
        language.input && !given.has_code && given.operand.as_ref().is_none_or(is_input);
    (runs_input || given.files.iter().any(is_input)).then(|| language.refuse(program))
}

/// Whether this word stands for the standard input of its program.
pub(super) fn is_standard_input(word: &Word<'_>) -> bool {
    matches!(
        word.literal.as_deref(),
        Some("-" | "/dev/stdin" | "/dev/fd/0" | "/proc/self/fd/0")
    )
}

fn language<'w>(word: &'w Word<'_>) -> Option<(&'static Language, &'w str)> {
    let program = base_name(word.written.trim_matches(['"', '\'', '\\']));
    let name = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let known = LANGUAGES
        .iter()
        .find(|language| language.names.contains(&name))?;
    Some((known, program))
}

impl Language {
    fn refuse(&self, program: &str) -> Why {
        let program = program.to_owned();
        match self.read {
            "" => Why::ParsedTwice { program },
            read => Why::Interpreted { program, read },
        }
    }
}

/// What the words after a program give it.
#[derive(Default)]
struct Given {
    /// The words that are code by an option, or may be.
    code: Vec<usize>,
    /// The words that name files of code.
    files: Vec<usize>,
    /// Whether some option gave code, a file of it, or a module.
    has_code: bool,
    /// The first word that is no option.
    operand: Option<usize>,
}

impl Given {
    fn of(language: &Language, words: &[Word<'_>], program: usize) -> Self {
        let mut given = Self::default();
        let mut options = true;
        let mut at = program + 1;
        while let Some(word) = words.get(at) {
            let text = text(word);
            if options && text == "--" {
                options = false;
            } else if options && text.len() > 1 && text.starts_with('-') {
                let (next, goes_on) = given.option(language, text, at);
                at = next;
                if !goes_on {
                    break;
                }
            } else if word.may_vanish() {
                // It may be options, or nothing. It may be the code, too.
                given.code.extend(language.operand.then_some(at));
            } else if !is_suffix(language, word) {
                given.operand.get_or_insert(at);
                if !language.anywhere {
                    break;
                }
            }
            at += 1;
        }
        given
    }

    /// Reads the option `text` at `at`. Gives where its value ends, and whether options follow.
    fn option(&mut self, language: &Language, text: &str, at: usize) -> (usize, bool) {
        if let Some(long) = text.strip_prefix("--") {
            let (name, value) = long.split_once('=').unzip();
            let name = name.unwrap_or(long);
            let is = |known: &&str| known[2..].starts_with(name) && name.len() > 1;
            let end = at + usize::from(value.is_none());
            return if language.long_code.iter().any(is) {
                self.has_code = true;
                self.code.push(end);
                (end, true)
            } else if language.file.contains('f') && "file".starts_with(name) {
                self.has_code = true;
                self.files.push(end);
                (end, true)
            } else {
                let valued = language.long_values.iter().any(is);
                (if valued { end } else { at }, true)
            };
        }
        for (place, letter) in text.char_indices().skip(1) {
            let rest = &text[place + letter.len_utf8()..];
            let end = at + usize::from(rest.is_empty());
            let last = language.last.contains(letter);
            self.has_code |= last;
            if language.code.contains(letter) {
                let perl_loads = matches!(letter, 'M' | 'm' | 'F') && language.code.contains('M');
                self.code.push(end);
                let more = !rest.is_empty() && rest.chars().all(|c| language.code.contains(c));
                self.code.extend(more.then_some(at + 1));
                // What perl loads and how it splits is code, but not the program.
                self.has_code |= !perl_loads;
                return (end + usize::from(more), !last);
            } else if language.file.contains(letter) {
                self.has_code = true;
                self.files.push(end);
                return (end, !last);
            } else if language.values.contains(letter) {
                return (end, !last);
            } else if language.glued.contains(letter) {
                break;
            }
        }
        (at, true)
    }
}

/// A word as the program sees it, as far as that is known.
fn text<'w>(word: &'w Word<'_>) -> &'w str {
    let written = || word.written.trim_start_matches(['"', '\'']);
    word.literal.as_deref().unwrap_or_else(written)
}

/// The suffix that the sed of macOS wants after `-i`.
fn is_suffix(language: &Language, word: &Word<'_>) -> bool {
    let suffix = |text: &str| {
        let rest = text.strip_prefix('.').unwrap_or(text);
        text.is_empty() || text != rest && rest.chars().all(|c| c.is_ascii_alphanumeric())
    };
    language.anywhere && language.operand && word.literal.as_deref().is_some_and(suffix)
}
