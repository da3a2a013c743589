//! The programs that parse text they are given as shell, in their arguments or from their input.

use super::command::{Word, base_name};
use super::interpreters::{self, is_standard_input};
use super::refusal::Why;

/// Commands all of whose arguments are code.
const CODE: &[&str] = &[
    "eval",
    "trap",
    "alias",
    "bind",
    "complete",
    "compgen",
    "ssh",
    "mosh",
    "autossh",
    "rsh",
    "pdsh",
    "pssh",
    "parallel-ssh",
    "clush",
    "dsh",
    "tmux",
    "byobu",
    "screen",
    "watch",
    "parallel",
];
/// Commands that start another one, which comes after their own options.
const WRAPPERS: &[&str] = &[
    "command",
    "builtin",
    "exec",
    "time",
    "env",
    "sudo",
    "doas",
    "nohup",
    "timeout",
    "nice",
    "ionice",
    "setsid",
    "stdbuf",
    "xargs",
    "sshpass",
    "chroot",
    "nsenter",
    "unshare",
    "docker",
    "podman",
    "nerdctl",
    "kubectl",
    "lxc",
    "srun",
    "find",
    "su",
    "runuser",
    "caffeinate",
    "chronic",
    "flock",
    "busybox",
    "torsocks",
    "proxychains",
    "uv",
    "poetry",
    "pipenv",
    "conda",
];
const SHELLS: &[&str] = &[
    "sh", "bash", "dash", "ash", "zsh", "ksh", "ksh93", "mksh", "yash", "fish", "csh", "tcsh",
    "rbash",
];
/// Commands that hand what follows `-c` or the like to a shell.
const TAKES_CODE: &[&str] = &[
    "su",
    "runuser",
    "script",
    "flock",
    "sg",
    "docker",
    "podman",
    "nerdctl",
    "kubectl",
    "lxc",
    "vagrant",
    "gcloud",
    "machinectl",
    "sbatch",
    "nix-shell",
    "expect",
    "at",
    "crontab",
    "adb",
];
/// Commands that run the script they read.
const READS_CODE: &[&str] = &[
    "at", "batch", "crontab", "sbatch", "qsub", "bsub", "parallel", "expect",
];
/// Options of container tools, before what they are told to do, that have a value.
const CONTAINER_OPTIONS: &[&str] = &[
    "-H",
    "--host",
    "--context",
    "--config",
    "--log-level",
    "-f",
    "--file",
    "-p",
    "--project-name",
    "--env-file",
    "--profile",
];
/// Options of sudo that have no value.
const SUDO_FLAGS: &[&str] = &[
    "-E",
    "-H",
    "-n",
    "-EH",
    "-HE",
    "-nE",
    "-En",
    "--preserve-env",
    "--set-home",
    "--non-interactive",
];
/// What container tools do without starting a program that they are given.
const CONTAINER_CARE: &[&str] = &[
    "login", "logout", "pull", "push", "tag", "build", "image", "images", "inspect", "logs", "ps",
    "rm", "rmi", "stop", "kill", "cp", "save", "load", "up", "down", "secret", "volume", "network",
    "manifest",
];

/// Why the word at `index` is code to one of the programs that `words` start, if it is.
pub(super) fn parser_of(words: &[Word<'_>], index: usize) -> Option<Why> {
    started(words).take_while(|at| *at < index).find_map(|at| {
        let program = words[at].program().unwrap_or("the program");
        let is_code = CODE.contains(&program)
            || TAKES_CODE.contains(&program)
                && words[at..=index].iter().any(|word| takes_code(word))
            || is_shell(&words[at]) && Invocation::of(words, at).is_code(words, index)
            || words[at].literal.is_none() && words[at..index].iter().any(is_code_option)
            || program == "env" && words[at..=index].iter().any(splits)
            || program == "git" && is_git_code(words, index);
        let program = program.to_owned();
        interpreters::parses(words, at, index)
            .or_else(|| is_code.then_some(Why::ParsedTwice { program }))
    })
}

/// `env -S`, which makes several words of one: the program is among them.
fn splits(word: &Word<'_>) -> bool {
    let text = word.written.trim_start_matches(['"', '\'']);
    let short = text.trim_start_matches(['-', 'i', 'v', '0']);
    text.starts_with("--split") || text.starts_with('-') && short.starts_with('S')
}

/// `git -c core.sshCommand=…`, `git config alias.x …`, `git submodule foreach …`.
fn is_git_code(words: &[Word<'_>], index: usize) -> bool {
    const KEYS: &[&str] = &[
        "core.sshcommand",
        "core.editor",
        "core.pager",
        "core.fsmonitor",
        "credential.helper",
        "alias.",
    ];
    let is_key = |word: &Word<'_>| {
        let text = word.written.trim_start_matches(['"', '\'']);
        let text = text.to_ascii_lowercase();
        KEYS.iter().any(|key| text.starts_with(key))
    };
    let before = words[..index].last();
    is_key(&words[index])
        || before.is_some_and(is_key)
        || before.and_then(|word| word.literal.as_deref()) == Some("foreach")
}

/// Whether the word at `index` is looked at for the name of a program: it is the first, or follows one that starts
/// another one, which none of the words between them is sure to be.
pub(super) fn may_name_program(words: &[Word<'_>], index: usize) -> bool {
    let first = effective(words);
    let is_care = || (first..words.len()).any(|at| starts_nothing(words, at));
    index <= first
        || starts_another(&words[first]) && !is_care() && !names_program(&words[first..index])
}

/// A program that starts another one, or a variable that may hold such a program, or nothing.
fn starts_another(word: &Word<'_>) -> bool {
    word.program().is_none_or(|name| WRAPPERS.contains(&name))
}

/// Whether the words, the first of which starts another program, are sure to hold the name of that one: what
/// follows an option may be its value.
fn names_program(words: &[Word<'_>]) -> bool {
    let Some((mut wrapper, rest)) = words.split_first() else {
        return false;
    };
    let mut operands = operands_before_program(wrapper);
    let mut may_be_value = false;
    rest.iter().any(|word| {
        let Some(literal) = word.literal.as_deref() else {
            return false;
        };
        let is_option = literal.starts_with('-');
        let is_operand = !is_option && !may_be_value && !literal.contains('=');
        let is_sudo = matches!(wrapper.program(), Some("sudo" | "doas"));
        may_be_value = is_option && !(is_sudo && SUDO_FLAGS.contains(&literal));
        if !is_operand {
            return false;
        }
        if operands > 0 {
            operands -= 1;
            return false;
        }
        (wrapper, operands) = (word, operands_before_program(word));
        !starts_another(word)
    })
}

/// How many words that are no options follow a wrapper before the program that it starts: where nobody can tell,
/// more than there are.
fn operands_before_program(wrapper: &Word<'_>) -> usize {
    match wrapper.program() {
        Some("timeout" | "chroot" | "flock" | "uv" | "poetry" | "pipenv" | "conda") => 1,
        Some("docker" | "podman" | "nerdctl" | "kubectl" | "lxc" | "find" | "su" | "runuser") => {
            usize::MAX
        }
        _ => 0,
    }
}

/// Why nothing may be fed to the programs that `words` start, if one takes its standard input for code.
pub(super) fn reader_of(words: &[Word<'_>]) -> Option<Why> {
    let reads = |at: usize| {
        let program = words[at].program().unwrap_or_default();
        let rest = &words[at + 1..];
        match program {
            "su" | "runuser" => !rest.iter().any(takes_code),
            "sudo" | "doas" => rest
                .iter()
                .any(|word| matches!(word.literal.as_deref(), Some("-s" | "-i"))),
            "source" | "." => rest.first().is_some_and(is_standard_input),
            "xargs" => {
                let is_code = |word: &Word<'_>| {
                    is_shell(word) || word.program().is_some_and(|name| CODE.contains(&name))
                };
                let names_wrapper = rest.iter().any(starts_another);
                rest.iter().any(is_code) || names_wrapper && !names_program(&words[at..])
            }
            "ssh" | "autossh" => reads_over_ssh(rest),
            _ if READS_CODE.contains(&program) => true,
            _ => is_shell(&words[at]) && Invocation::of(words, at).reads_input(words),
        }
    };
    started(words).find_map(|at| {
        let program = || words[at].program().unwrap_or("the shell").to_owned();
        reads(at)
            .then(|| Why::ParsedTwice { program: program() })
            .or_else(|| interpreters::reads(words, at))
    })
}

/// Without a command ssh starts a shell; with one, that may be a shell.
fn reads_over_ssh(arguments: &[Word<'_>]) -> bool {
    const WITH_VALUE: &str = "BbcDEeFIiJLlmOopQRSWw";
    let mut operands = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word
            .literal
            .as_deref()
            .and_then(|literal| literal.strip_prefix('-'))
        {
            Some(option) if operands.is_empty() => {
                if option.len() == 1 && WITH_VALUE.contains(option) {
                    words.next();
                }
            }
            _ => operands.push(word),
        }
    }
    let names_a_shell = |text: &str| {
        let mut parts = text.split(|c: char| c.is_whitespace() || ";&|(){}'\"".contains(c));
        parts.any(|part| SHELLS.contains(&base_name(part)))
    };
    let command = operands.get(1..).unwrap_or_default();
    command.is_empty()
        || command
            .iter()
            .any(|word| word.literal.as_deref().is_none_or(names_a_shell))
}

/// The words that may be a program: the first, and those that a wrapper may start.
fn started(words: &[Word<'_>]) -> impl Iterator<Item = usize> {
    let first = effective(words);
    let wrapped = words
        .get(first)
        .and_then(Word::program)
        .is_some_and(|name| WRAPPERS.contains(&name));
    let wrapped_shell = words
        .iter()
        .map(|word| word.program().is_some_and(|name| SHELLS.contains(&name)))
        .collect::<Vec<_>>();
    let end = (first..words.len()).find(|at| starts_nothing(words, *at));
    (first..end.unwrap_or(words.len()))
        .filter(move |at| *at == first || wrapped || wrapped_shell[*at])
}

/// Whether the command is that of a container tool, named at `tool`, that starts no program: `docker login`.
fn starts_nothing(words: &[Word<'_>], tool: usize) -> bool {
    let plain = ["env", "sudo", "doas", "nohup"];
    let is_one_of = |word: &Word<'_>, names: &[&str]| {
        word.program()
            .is_some_and(|program| names.contains(&program))
    };
    let starts = |word: &Word<'_>| {
        let option = word.literal.as_deref();
        is_one_of(word, &plain) || option.is_some_and(|option| SUDO_FLAGS.contains(&option))
    };
    if !is_one_of(&words[tool], &["docker", "podman", "nerdctl"])
        || !words[effective(words)..tool].iter().all(starts)
    {
        return false;
    }
    let mut rest = words[tool + 1..].iter();
    while let Some(word) = rest.next() {
        match word.literal.as_deref() {
            Some(option) if CONTAINER_OPTIONS.contains(&option) => {
                rest.next();
            }
            Some(option) if option.starts_with("--") && option.contains('=') => {}
            Some("compose" | "buildx") => {}
            action => return action.is_some_and(|action| CONTAINER_CARE.contains(&action)),
        }
    }
    false
}

/// The index of the command that `command` and its like start.
pub(super) fn effective(words: &[Word<'_>]) -> usize {
    let prefix = |word: &Word<'_>| {
        matches!(
            word.literal.as_deref(),
            Some("command" | "builtin" | "exec" | "time" | "!")
        )
    };
    words.iter().take_while(|word| prefix(word)).count()
}

/// A shell's name, or a variable that seems to hold one.
pub(super) fn is_shell(word: &Word<'_>) -> bool {
    word.literal.is_none() || word.program().is_some_and(|name| SHELLS.contains(&name))
}

/// `-c`, `-lc`, `-ec`.
fn is_code_option(word: &Word<'_>) -> bool {
    let letters = word
        .literal
        .as_deref()
        .and_then(|literal| literal.strip_prefix('-'));
    letters.is_some_and(|letters| {
        letters.contains('c') && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
    })
}

fn takes_code(word: &Word<'_>) -> bool {
    let long = |literal: &str| {
        ["--command", "--wrap", "--run", "shell"]
            .iter()
            .any(|option| literal.starts_with(option))
    };
    is_code_option(word) || word.literal.as_deref().is_none_or(long)
}

/// How a shell is started.
struct Invocation {
    shell: usize,
    /// Whether there is a `-c`.
    code: bool,
    /// Whether there is a `-s`.
    input: bool,
    /// The first word that is no option.
    operand: Option<usize>,
}

impl Invocation {
    fn of(words: &[Word<'_>], shell: usize) -> Self {
        let mut found = Self {
            shell,
            code: false,
            input: false,
            operand: None,
        };
        let mut at = shell + 1;
        while let Some(word) = words.get(at) {
            match word.literal.as_deref() {
                Some("-o" | "+o" | "-O" | "+O" | "--rcfile" | "--init-file") => at += 1,
                Some("--") => {
                    found.operand = (at + 1 < words.len()).then_some(at + 1);
                    break;
                }
                Some(option) if option.len() > 1 && option.starts_with(['-', '+']) => {
                    found.code |= is_code_option(word) || option == "--command";
                    found.input |= !option.starts_with("--") && option.contains('s');
                }
                _ => {
                    found.operand = Some(at);
                    break;
                }
            }
            at += 1;
        }
        found
    }

    /// Whether the word at `index` is the script, or may be.
    fn is_code(&self, words: &[Word<'_>], index: usize) -> bool {
        let operand = self.operand.unwrap_or(words.len());
        let certain = words.get(operand).is_some_and(|word| !word.may_vanish());
        let code_later = words[self.shell..index].iter().any(is_code_option);
        let is_script = index <= operand || !certain;
        let piped = words[index].node.kind() == "process_substitution";
        (self.code || (code_later && !certain)) && is_script || piped
    }

    /// Whether it runs what it reads.
    fn reads_input(&self, words: &[Word<'_>]) -> bool {
        let operand = self.operand.map(|at| &words[at]);
        !self.code && (self.input || operand.is_none_or(is_standard_input))
    }
}
