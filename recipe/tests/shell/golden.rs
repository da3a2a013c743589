//! One case for each context: what the script writes, with `§` for the value.

use super::{HOSTILE, Outcome, Room, SHELLS, judged};

/// What every shell runs.
const EVERYWHERE: &[(&str, &str)] = &[
    ("printf '<%s>' ${data:a}", "<§>"),
    ("printf '<%s>' \"${data:a}\" 'x ${data:b} y'", "<§><x § y>"),
    ("printf '<%s>' \"${data:a} ${data:b}\"", "<§ §>"),
    (
        "A=a B=b; printf '<%s>' \"$A $B\t\n ${data:a}  ${data:b}\"",
        "<a b\t\n §  §>",
    ),
    (
        "printf '<%s>' \"$(echo x) ${data:a}\" \" ${data:b}\" \"${NONE:-\"a\"} ${data:c}\"",
        "<x §>< §><a §>",
    ),
    (
        "f() { printf '<%s>' \"$1 ${data:a}\" \"$# $(printf %s. \"$1 ${data:b}\")\"; }; f x",
        "<x §><1 x §.>",
    ),
    (
        "A=a; printf '<%s>' \"$A \\\n ${data:a}\\ ${data:b}\" \"$A \\${data:c} ${data:d}\" | tr -d :",
        "<a  §\\ §><a ${datac} §>",
    ),
    (
        "A=a; printf '<%s>' \"$A # ${data:a}\" \"$A ' ${data:b}' ${data:c}\"",
        "<a # §><a ' §' §>",
    ),
    ("A=a; cat <<EOF\n$A ${data:a} ${data:b}\nEOF\n", "a § §\n"),
    (
        "printf '<%s>' a${data:a}b=${data:b}'c'${data:c}\"d\"",
        "<a§b=§c§d>",
    ),
    (
        "printf '<%s>' \"it's ${data:a}\" 'say \"${data:b}\"'",
        "<it's §><say \"§\">",
    ),
    ("X=${data:a}; printf '<%s>' \"$X\"", "<§>"),
    (
        "X='${data:a}' Y=\"${data:b}\"; printf '<%s>' \"$X\" \"$Y\"",
        "<§><§>",
    ),
    ("export X=${data:a}; printf '<%s>' \"$X\"", "<§>"),
    (
        "export X=a${data:a} Y='${data:b}'\nprintf '<%s>' \"$X\" \"$Y\"",
        "<a§><§>",
    ),
    ("X=${data:a} sh -c 'printf \"<%s>\" \"$X\"'", "<§>"),
    ("sh -c 'printf \"<%s>\" \"$1\"' _ ${data:a}", "<§>"),
    (
        "cat <<EOF\n${data:a}\n\"${data:b}\" '${data:c}'\nEOF\n",
        "§\n\"§\" '§'\n",
    ),
    (
        "cat <<-EOF\n\tx ${data:a}\n\tEOF\nprintf %s ${data:b}",
        "x §\n§",
    ),
    (
        "cat <<EOF\nx $(printf '<%s>' ${data:a}) y\nEOF\n",
        "x <§> y\n",
    ),
    (
        "cat <<EOF | cat && printf '<%s>' '${data:b}'\n${data:a}\nEOF\n",
        "§\n<§>",
    ),
    ("printf '<%s>' $(:)\"$(printf '%s.' ${data:a})\"", "<§.>"),
    (
        "printf '<%s>' \"$(printf '%s.' \"$(printf '%s.' '${data:a}')\")\"",
        "<§..>",
    ),
    ("printf '<%s>' ${NONE:-${data:a}}", "<§>"),
    (
        "printf '<%s>' \"${NONE:-${data:a}}\" \"${NONE:-x ${data:b}}\"",
        "<§><x §>",
    ),
    (
        "printf '<%s>' ${NONE:-\"x ${data:a}\"} ${NONE:-'y ${data:b}'}",
        "<x §><y §>",
    ),
    ("cat <<EOF\n${NONE:-${data:a}}\nEOF\n", "§\n"),
    ("cat <<EOF\nx \\`${data:a}\\`\nEOF\n", "x `§`\n"),
    (
        "X=x; printf '<%s>' ${X:+${data:a}} ${X-${data:b}}",
        "<§><x>",
    ),
    (
        "X=${data:a}x; printf '<%s>' \"${X%x}\" ${X#\"${data:b}\"}.",
        "<§><x.>",
    ),
    (": \"${X:=${data:a}}\"; printf '<%s>' \"$X\"", "<§>"),
    (
        "case ${data:a} in ${data:b}) printf yes;; *) printf no;; esac",
        "yes",
    ),
    (
        "case ${data:a} in x|'${data:b}'|y) printf yes;; *) printf no;; esac",
        "yes",
    ),
    (
        "case ab in ${data:a}) printf yes;; *) printf no;; esac",
        "no",
    ),
    (
        "for i in ${data:a} '${data:b}'; do printf '<%s>' \"$i\"; done",
        "<§><§>",
    ),
    (
        "if [ ${data:a} = \"${data:b}\" ]; then printf '<%s>' ${data:c}; fi",
        "<§>",
    ),
    (
        "test -n ${data:a} && { printf '<%s>' ${data:b}; } || printf no",
        "<§>",
    ),
    (
        "f() { printf '<%s>' ${data:a} \"$1\"; }; f ${data:b}",
        "<§><§>",
    ),
    (
        "(printf '<%s>' ${data:a}); ( ( printf '<%s>' '${data:b}' ) )",
        "<§><§>",
    ),
    ("{ printf '<%s>' ${data:a} | cat; } 2>&1", "<§>"),
    (
        "printf '<%s>' \\\n  ${data:a} \\\n  \"${data:b}\"",
        "<§><§>",
    ),
    (
        "printf '<%s>' ${data:a} # it's ${data:b} \"\nprintf '<%s>' ${data:c}",
        "<§><§>",
    ),
    ("# don't\nprintf '<%s>' ${data:a}", "<§>"),
    (
        "printf '<%s>' \\${data:a} | cut -c -3; printf '<%s>' '\\${data:b}'",
        "<${\n<\\§>",
    ),
    (
        "printf '<%s>' \\\\${data:a} \"\\\\${data:b}\"",
        "<\\§><\\§>",
    ),
    (
        "printf '<%s>' é${data:a}ü \"日本 ${data:b}\" '→${data:c}←'",
        "<é§ü><日本 §><→§←>",
    ),
    (
        "printf '<%s>' ${data:a}\r\nprintf '<%s>' \"${data:b}\"\r\n",
        "<§\r><§\r>",
    ),
    (
        "printf '<%s>' ${data:a}${data:b} \"${data:c}${data:d}\" '${data:e}${data:f}'",
        "<§§><§§><§§>",
    ),
    (
        "set -- ${data:a} '${data:b}'; printf '<%s>' \"$@\"",
        "<§><§>",
    ),
    ("printf '<%s>' ~${data:a} *${data:b}", "<~§><*§>"),
    ("printf '<%s>' $((1 + 2)) ${data:a}", "<3><§>"),
    (
        "set -e; X=$(printf '%s.' ${data:a}); printf '<%s>' \"$X\"",
        "<§.>",
    ),
    (
        "while read -r x; do printf '<%s>' ${data:a} $x; done <<EOF\n1\nEOF\n",
        "<§><1>",
    ),
    ("! printf '<%s>' ${data:a}; printf '<%s>' \"$?\"", "<§><1>"),
    ("printf '<%s>' ${data:a} >out; cat out; cat <out", "<§><§>"),
    (
        "A=a; printf '<%s>' $A${data:a} \"$A${data:b}$A${data:c}\" x$A${data:d}${data:e}y",
        "<a§><a§a§><xa§§y>",
    ),
    (
        "X=`printf '%s.' ${data:a} \"${data:b}\" 'c ${data:c}'`; printf '<%s>' \"$X\"",
        "<§.§.c §.>",
    ),
    (
        "printf '<%s>' \"$(printf '%s.' \"x\"; printf '%s.' `printf yes` ${data:a})\" $(`echo printf` %s. '${data:b}' >/dev/null)",
        "<x.yes.§.>",
    ),
];

/// What only bash runs.
const BASH: &[(&str, &str)] = &[
    ("printf '<%s>' $'a\\tb ${data:a} c'", "<a\tb § c>"),
    ("cat <<<${data:a}; cat <<<'x ${data:b}'", "§\nx §\n"),
    (
        "a=(${data:a} \"${data:b}\" 'c ${data:c}'); printf '<%s>' \"${a[@]}\"",
        "<§><§><c §>",
    ),
    ("a+=(${data:a}); printf '<%s>' \"${a[@]}\"", "<§>"),
    ("[[ ${data:a} == ${data:b} ]] && printf yes", "yes"),
    ("[[ ab == ${data:a} ]] || printf no", "no"),
    (
        "[[ -n ${data:a} && \"${data:b}\" != x ]] && printf yes",
        "yes",
    ),
    ("cat <(printf '<%s>' ${data:a})", "<§>"),
    ("printf '<%s>' {a,${data:a}}", "<a><§>"),
    (
        "local_() { local x=${data:a}; printf '<%s>' \"$x\"; }; local_",
        "<§>",
    ),
    (
        "declare x=${data:a}; readonly y='${data:b}'; printf '<%s>' \"$x\" \"$y\"",
        "<§><§>",
    ),
    ("printf '<%s>' ${data:a} |& cat", "<§>"),
    (
        "function g { printf '<%s>' \"$*\"; }; g ${data:a} '${data:b}'",
        "<§ §>",
    ),
];

/// Runs each case with the value that has everything in it, and one of the others in turn.
fn check(cases: &[(&str, &str)], shells: &[&[&str]]) {
    let room = Room::new();
    for (turn, (text, expected)) in cases.iter().enumerate() {
        let judgement = judged(text);
        assert_eq!(judgement.refusals, [], "{text}");
        let values = [HOSTILE[0], HOSTILE[1 + turn % (HOSTILE.len() - 1)]];
        for (shell, value) in shells
            .iter()
            .flat_map(|shell| values.map(|value| (shell, value)))
        {
            let outcome = room.run(shell, &judgement.rewritten, value);
            let stdout = expected.replace('§', value).into_bytes();
            let seen = String::from_utf8_lossy(&outcome.stdout);
            assert_eq!(
                outcome.stdout, stdout,
                "{shell:?} {text}\n{}\nwrote {seen}",
                judgement.rewritten
            );
            assert!(!room.was_broken_into(), "{shell:?} {text}");
        }
    }
}

#[test]
fn the_value_arrives_byte_for_byte_in_every_shell() {
    check(EVERYWHERE, SHELLS);
}

#[test]
fn the_value_arrives_byte_for_byte_in_what_only_bash_knows() {
    check(BASH, &SHELLS[..1]);
}

#[test]
fn a_redirection_writes_to_the_file_of_that_name() {
    let room = Room::new();
    for (shell, text) in SHELLS.iter().flat_map(|shell| {
        ["printf x >${data:a}", "printf x >>\"${data:a}\""].map(|text| (shell, text))
    }) {
        let value = "a b * $(touch PWNED) ' \"";
        let outcome = room.run(shell, &judged(text).rewritten, value);
        assert_eq!(
            outcome,
            Outcome {
                stdout: Vec::new(),
                code: Some(0)
            }
        );
        assert_eq!(
            std::fs::read(room.work().join(value)).expect("the file"),
            b"x"
        );
        assert!(!room.was_broken_into());
    }
}

/// Bash runs a command that is hidden in a value here, although the value stands in double quotes.
#[test]
fn what_bash_runs_even_in_quotes_is_refused() {
    let room = Room::new();
    for text in [
        "$(echo \"${data:a}\")",
        "`echo \"${data:a}\"`",
        "env $(echo \"${data:a}\")",
        "nice -n 5 `echo \"${data:a}\"`",
        "sh -c `true` \"${data:a}\"",
        "echo == \n eval \"${data:a}\"",
        "cat <<EOF | cat; eval \"${data:a}\"\nx\nEOF\n",
        "x=([\"${data:a}\"]=1)",
        "x+=([\"${data:a}\"]=1)",
        "x=([1 + \"${data:a}\"]=1)",
        "declare -a q=([\"${data:a}\"]=1)",
        ": & wait -p \"${data:a}\" $!",
        "compgen -W \"${data:a}\"",
        "OPTIND=\"${data:a}\"",
        "RANDOM=\"${data:a}\"",
        "SRANDOM=\"${data:a}\"",
        "HISTCMD=\"${data:a}\"",
        "export OPTIND=\"${data:a}\"",
        "read OPTIND <<< \"${data:a}\"",
        "printf -v OPTIND %s \"${data:a}\"",
        "for OPTIND in \"${data:a}\"; do :; done",
        "declare -i n; read n <<< \"${data:a}\"",
        "declare -i n; : \"${n:=${data:a}}\"",
        "declare -a x=\"(${data:a})\"",
        "x=(1); declare x=\"(${data:a})\"",
        "bash <<< \"${data:a}\" >out",
        "awk \"BEGIN { ${data:a} }\"",
        "sed -n \"1e ${data:a}\" /etc/passwd",
        "perl -e \"print qx(${data:a})\"",
        "perl <<EOF\nprint qx(${data:a})\nEOF\n",
        "env -S \"sh -c '${data:a}'\"",
        "GIT_SSH_COMMAND=\"${data:a}\" git ls-remote ssh://host.invalid/x",
        "git -c core.sshCommand=\"${data:a}\" ls-remote ssh://host.invalid/x",
        "tar -cf x.tar /etc/hostname; tar -xf x.tar --to-command=\"${data:a}\"",
    ] {
        let in_quotes = text.replace("${data:a}", "${V0}");
        let values = [
            "x[$(touch PWNED)]",
            "touch PWNED",
            "system(\"touch PWNED\")",
        ];
        let runs = values.iter().any(|value| {
            room.run(&["bash", "-c"], &in_quotes, value);
            room.was_broken_into()
        });
        assert!(runs, "harmless after all: {text}");
        assert_eq!(judged(text).refusals.len(), 1, "accepted: {text}");
    }
}
