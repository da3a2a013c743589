//! Random scripts: what is accepted means what the text means, and no value becomes code.
//!
//! `DOPPIO_SHELL_CASES` sets how many scripts are judged, `DOPPIO_SHELL_SEED` (a number) which ones.

use std::cell::Cell;

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::strategy::Union;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use super::{HOSTILE, Room, SHELLS, judged};

/// A value that means the same pasted as it does in a variable. It goes on with no name that stands before it.
const PLAIN: &str = ".VALUE7";

/// Everything that changes how a shell reads what follows. No loop that does not end, no recursion.
const TOKENS: &[&str] = &[
    "M",
    "M",
    "M",
    "M",
    "\"M\"",
    "'M'",
    " M ",
    "\"",
    "\"",
    "'",
    "'",
    "$'",
    " ",
    " ",
    "\n",
    ";",
    "\\",
    "#",
    " # ",
    "printf '<%s>' ",
    "printf '<%s>' ",
    "cat ",
    "echo ",
    "$(",
    ")",
    "(",
    "{ ",
    "; }",
    "`",
    "&&",
    "||",
    "|",
    "&",
    "!",
    "<<EOF\n",
    "\nEOF\n",
    "<<EOF\nx `echo M` M\nEOF\n",
    "<<'EOF'\n",
    "<<-EOF\n",
    "<<\\EOF\n",
    "<<\"EOF\"\n",
    "EOF",
    "<<<",
    " >f ",
    "<",
    "<(",
    "$((",
    "))",
    "((",
    "1+",
    "[[ ",
    " ]]",
    "[ ",
    " ]",
    " == ",
    "=",
    " -eq ",
    " =~ ",
    "-v ",
    "if ",
    "; then ",
    "; fi",
    "else ",
    "case ",
    " in ",
    ";; ",
    "*) ",
    "esac",
    "for i in ",
    "; do ",
    "; done",
    "f() ",
    "function f ",
    "X=",
    "X+=",
    "a=(",
    "a[",
    "]",
    "${X:-",
    "${X-",
    "${X:=",
    "${X#",
    "${X/",
    "${X:",
    "${#",
    "${",
    "}",
    "$X",
    "\"$X\"",
    "\"$X M\"",
    "$X M ",
    "$XM",
    "`printf '%s.' M`",
    "$",
    "eval ",
    "sh -c ",
    "export ",
    "declare -i X;",
    "local ",
    "let ",
    "unset ",
    "read ",
    "test ",
    "x",
    "~",
    "*",
    "?",
    "{a,",
    "..",
    "é",
    "\t",
    "\r\n",
    "\\\n",
    "while false; do ",
    "time ",
    "coproc ",
    "select ",
    "exec ",
    "trap ",
    "env ",
    "env $(echo M) ",
    "command ",
    "nice ",
    "timeout 5 ",
    "xargs ",
    "$(echo M) ",
    "`echo M` ",
];

fn soup() -> impl Strategy<Value = String> {
    vec(select(TOKENS), 1..16).prop_map(|tokens| format!("printf '<%s>' {}", tokens.concat()))
}

/// Scripts that shells accept, nested at random.
fn grammar() -> impl Strategy<Value = String> {
    let word = Union::new(
        [
            "M", "aM", "M/b", "'M'", "'x M y'", "\"M\"", "\"x M\"", "$'M'", "x", "'a b'", "\\M",
            "é",
        ]
        .map(Just),
    )
    .prop_map(str::to_owned);
    let script = word
        .clone()
        .prop_map(|word| format!("printf '<%s>' {word}"))
        .boxed();
    script.prop_recursive(4, 24, 3, move |inner| {
        let word = word.clone();
        let pair = || (inner.clone(), inner.clone());
        prop_oneof![
            (word.clone(), inner.clone())
                .prop_map(|(word, script)| format!("X={word}; {script}; printf '<%s>' \"$X\"")),
            (word.clone(), word.clone())
                .prop_map(|(a, b)| format!("printf '<%s>' {a} {b} # it's {a}\n:")),
            inner
                .clone()
                .prop_map(|script| format!("printf '<%s>' \"$({script})\"")),
            inner
                .clone()
                .prop_map(|script| format!("printf '<%s>' \"a ${{NONE:-$({script})}} M\"")),
            inner
                .clone()
                .prop_map(|script| format!("printf '<%s>' ${{NONE:-\"$({script})\"}}")),
            word.clone()
                .prop_map(|word| format!("printf '<%s>' ${{NONE:-{word}}}")),
            word.clone()
                .prop_map(|word| format!("printf '<%s>' \"${{NONE:-{word}}}\"")),
            (word.clone(), inner.clone()).prop_map(|(word, script)| format!(
                "cat <<EOF\n{word} $({script}) \"M\"\nEOF\n{script}"
            )),
            (word.clone(), inner.clone()).prop_map(|(word, script)| format!(
                "cat <<-EOF | cat; {script}\n\t{word}\n\tEOF\n:"
            )),
            (word.clone(), inner.clone())
                .prop_map(|(word, script)| format!("cat <<'EOF'\n{word}\nEOF\n{script}")),
            (word.clone(), pair())
                .prop_map(|(word, (a, b))| format!("case {word} in x|M) {a};; *) {b};; esac")),
            (word.clone(), inner.clone())
                .prop_map(|(word, script)| format!("if [ {word} = M ]; then {script}; fi")),
            (word.clone(), inner.clone())
                .prop_map(|(word, script)| format!("for i in {word} M; do {script}; done")),
            (word.clone(), inner.clone())
                .prop_map(|(word, script)| format!("f() {{ {script}; }}; f {word}")),
            (word.clone(), inner.clone()).prop_map(|(word, script)| format!(
                "sh -c 'printf %s \"$1\"' _ {word}; ({script})"
            )),
            (word.clone(), inner.clone())
                .prop_map(|(word, script)| format!("sh -c {word}; {script}")),
            // What a value, or the output with one in it, is split into must not be a command.
            (wrapper(), word.clone(), inner.clone())
                .prop_map(|(wrapper, word, script)| format!("{wrapper} $(echo {word}); {script}")),
            (wrapper(), word.clone(), inner.clone())
                .prop_map(|(wrapper, word, script)| format!("{script}; {wrapper} `echo {word}` M")),
            (wrapper(), inner.clone())
                .prop_map(|(wrapper, script)| format!("{wrapper} \"$(echo M)\"; {script}")),
            pair().prop_map(|(a, b)| format!("{{ {a}; }} && {b} \\\n  | cat")),
            (word, inner).prop_map(|(word, script)| format!(
                "[[ {word} == M ]] && cat <<<{word}; a=({word}); {script}"
            )),
        ]
    })
}

/// What runs the words that follow it.
fn wrapper() -> impl Strategy<Value = &'static str> {
    select(vec![
        "",
        "env",
        "env -i",
        "env A=M",
        "command",
        "exec",
        "nice",
        "nohup",
        "timeout 5",
        "xargs -a /dev/null",
        "X=M",
        "eval",
        "sh",
        "sh -c",
        "printf '<%s>'",
        "echo | xargs",
    ])
}

fn environment(name: &str, default: u32) -> u32 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

#[test]
fn accepted_scripts_mean_what_they_say_and_no_value_becomes_code() {
    let cases = environment("DOPPIO_SHELL_CASES", 300);
    let seed = environment("DOPPIO_SHELL_SEED", 7).to_le_bytes();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed.repeat(8));
    let config = Config {
        cases,
        max_shrink_iters: 2000,
        failure_persistence: None,
        ..Config::default()
    };
    let (accepted, executions) = (Cell::new(0), Cell::new(0));
    let room = Room::new();
    let scripts = prop_oneof![soup(), grammar()];
    let result =
        TestRunner::new_with_rng(config, rng).run(&(scripts, any::<u8>()), |(script, pick)| {
            let text = script.replace('M', "${data:m}");
            let judgement = judged(&text);
            // `$$` is another number in each process.
            if !judgement.refusals.is_empty() || !text.contains("${data:m}") || text.contains("$$")
            {
                return Ok(());
            }
            accepted.set(accepted.get() + 1);
            executions.set(executions.get() + 3);
            let shell = SHELLS[usize::from(pick) % SHELLS.len()];
            let hostile = HOSTILE[usize::from(pick) / SHELLS.len() % HOSTILE.len()];
            run(
                &room,
                shell,
                &text,
                &judgement.rewritten,
                &judgement.left_alone,
                hostile,
            )
        });
    eprintln!(
        "{cases} scripts, {} accepted, {} executions",
        accepted.get(),
        executions.get()
    );
    result.unwrap_or_else(|error| panic!("{error}"));
    assert!(accepted.get() > cases / 20, "hardly anything was accepted");
}

/// Runs the text with a plain value pasted, and rewritten with that value and a hostile one.
fn run(
    room: &Room,
    shell: &[&str],
    text: &str,
    rewritten: &str,
    left_alone: &[usize],
    hostile: &str,
) -> Result<(), TestCaseError> {
    let mut pasted = String::new();
    for (index, part) in text.split("${data:m}").enumerate() {
        if index > 0 {
            pasted.push_str(if left_alone.contains(&(index - 1)) {
                "${data:m}"
            } else {
                PLAIN
            });
        }
        pasted.push_str(part);
    }
    let wanted = room.run(shell, &pasted, PLAIN);
    let plain = room.run(shell, rewritten, PLAIN);
    let _ = room.run(shell, rewritten, hostile);
    let fail = |what: &str| {
        let seen = String::from_utf8_lossy(&plain.stdout).into_owned();
        let gold = String::from_utf8_lossy(&wanted.stdout).into_owned();
        Err(TestCaseError::fail(format!(
            "{what} in {shell:?}\n--- text\n{text}\n--- rewritten\n{rewritten}\n--- wrote\n{seen}\n--- should\n{gold}"
        )))
    };
    match () {
        () if room.was_broken_into() => fail("a value became code"),
        // What runs in the background may be ended before it has written.
        () if text.replace("&&", "").contains('&') => Ok(()),
        () if plain != wanted => fail("another meaning"),
        () => Ok(()),
    }
}
