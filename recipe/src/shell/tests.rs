//! Shell texts and what is said about them. `recipe/tests/shell_*.rs` run them in real shells.

use std::time::{Duration, Instant};

use super::*;

/// The marks of a text: every `${secret:…}` and `${data:…}`, in `V0`, `V1`, ….
fn marks(text: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find("${").map(|at| at + from) {
        from = start + 2;
        let secret = text[from..].starts_with("secret:");
        if secret || text[from..].starts_with("data:") {
            let end = from + text[from..].find('}').expect("closed") + 1;
            let variable = format!("V{}", marks.len());
            marks.push(Mark {
                span: start..end,
                variable,
                secret,
            });
        }
    }
    marks
}

fn rewritten(text: &str) -> String {
    let judgement = judge(text, &marks(text), &[]);
    assert_eq!(judgement.refusals, [], "{text}");
    judgement.rewritten
}

fn refusal(text: &str) -> Why {
    let judgement = judge(text, &marks(text), &[]);
    match judgement.refusals.first() {
        Some(refusal) => refusal.why.clone(),
        None => panic!("accepted: {text}\n becomes: {}", judgement.rewritten),
    }
}

/// `program word via` of each exposure.
fn exposures(text: &str, secret_env: &[&str]) -> Vec<String> {
    let secret_env: Vec<String> = secret_env.iter().map(|name| (*name).to_owned()).collect();
    let judgement = judge(text, &marks(text), &secret_env);
    let say = |exposure: &Exposure| {
        let word = &text[exposure.span.clone()];
        let via = exposure.via.as_deref().unwrap_or("-");
        format!("{} {word} {via} {:?}", exposure.program, exposure.mark)
    };
    judgement.exposures.iter().map(say).collect()
}

#[test]
fn the_expansion_fits_the_quotes() {
    for (text, expected) in [
        ("curl ${data:a}", "curl \"${V0}\""),
        ("curl \"a ${data:a}\"", "curl \"a ${V0}\""),
        ("curl 'a ${data:a} b'", "curl 'a '\"${V0}\"' b'"),
        ("curl $'a ${data:a} b'", "curl $'a '\"${V0}\"' b'"),
        ("cat <<EOF\n${data:a}\nEOF\n", "cat <<EOF\n${V0}\nEOF\n"),
        ("echo ${A:-${data:a}}", "echo ${A:-\"${V0}\"}"),
        ("echo \"${A:-${data:a}}\"", "echo \"${A:-${V0}}\""),
        ("echo \"$(echo ${data:a})\"", "echo \"$(echo \"${V0}\")\""),
    ] {
        assert_eq!(rewritten(text), expected);
    }
}

#[test]
fn what_is_no_reference_stays() {
    for text in [
        "echo a # ${data:a}",
        "echo \\${data:a}",
        "echo \"\\${data:a}\"",
        "# it's ${data:a}\necho",
    ] {
        let judgement = judge(text, &marks(text), &[]);
        assert_eq!(
            (judgement.rewritten.as_str(), judgement.left_alone),
            (text, vec![0])
        );
        assert_eq!(judgement.refusals, []);
    }
    assert_eq!(rewritten("echo '\\${data:a}'"), "echo '\\'\"${V0}\"''");
}

#[test]
fn a_backslash_is_plain_text_in_single_quotes() {
    let text = "echo 'a\\b' \"c\\d\" e\\f <<'X'\ng\\z\nX\n";
    let raw = |c| in_single_quotes(text, text.find(c).expect("there"));
    assert_eq!(
        [raw('b'), raw('d'), raw('f'), raw('z')],
        [true, false, false, true]
    );
}

#[test]
fn a_secret_in_an_argument_is_seen() {
    for (text, expected) in [
        (
            "curl -H \"A: ${secret:a}\"",
            "curl \"A: ${secret:a}\" - Some(0)",
        ),
        (
            "T=${secret:a}; U=$T; /usr/bin/curl \"$U\"",
            "curl \"$U\" U Some(0)",
        ),
        ("T=${secret:a}; curl \"$A $T\"", "curl \"$A $T\" T Some(0)"),
        (
            "export T=${secret:a}\nhf login --token $T",
            "hf $T T Some(0)",
        ),
        ("env X=${secret:a} cmd", "env X=${secret:a} - Some(0)"),
        ("sudo login ${secret:a}", "sudo ${secret:a} - Some(0)"),
        ("${secret:a} --help", "${secret:a} ${secret:a} - Some(0)"),
        ("exec login ${secret:a}", "login ${secret:a} - Some(0)"),
        ("/bin/echo ${secret:a}", "echo ${secret:a} - Some(0)"),
        (
            "T=${secret:a}; login \"$T${data:b}\"",
            "login \"$T${data:b}\" T Some(0)",
        ),
        (
            "login \"$(echo ${secret:a})\"",
            "login \"$(echo ${secret:a})\" - Some(0)",
        ),
        ("login >log ${secret:a} 2>&1", "login ${secret:a} - Some(0)"),
        (
            "for t in a ${secret:a}; do login $t; done",
            "login $t t Some(0)",
        ),
        ("login --token=$TOKEN", "login --token=$TOKEN TOKEN None"),
        (
            "login --token=${TOKEN:?missing}",
            "login --token=${TOKEN:?missing} TOKEN None",
        ),
    ] {
        assert_eq!(exposures(text, &["TOKEN"]), [expected], "{text}");
    }
}

#[test]
fn a_secret_that_no_other_process_shows_is_fine() {
    for text in [
        "echo ${secret:a} | cmd",
        "TOKEN2=${secret:a} cmd $TOKEN2",
        "f() { :; }; f ${secret:a}",
        "login --token-stdin <<< ${secret:a}",
        "login --token-stdin <<EOF\n${secret:a}\nEOF\n",
        "printf %s ${secret:a} | login --token-stdin",
        "T=${secret:a}; T=public; login $T",
        "T=${secret:a}; login ${#T} ${T:+set} $TT",
        "login '$TOKEN' ${data:a} $TOKENS # $TOKEN",
        "[ -n \"$TOKEN\" ] && test ${secret:a} && export X=$TOKEN",
        "T=$(login < ${secret:a}); cmd $T",
    ] {
        assert_eq!(exposures(text, &["TOKEN"]), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn refused_with_the_reason() {
    let arithmetic = |why: &Why| matches!(why, Why::Arithmetic { .. });
    for text in [
        "echo $((${data:a} + 1))",
        "echo $[${data:a}]",
        "echo \"$X $((${data:a} + 1))\"",
        "((x = ${data:a}))",
        "let x=${data:a}",
        "a[${data:a}]=1",
        "echo ${a[${data:a}]}",
        "echo ${x:${data:a}}",
        "for ((i = 0; i < ${data:a}; i++)); do :; done",
        "[[ 1 -eq ${data:a} ]]",
        "[[ 1 -eq $X${data:a} ]]",
        "echo $(($X${data:a} + 1))",
        "(($X${data:a}))",
        "a[$X${data:a}]=1",
        "echo ${a[$X${data:a}]}",
        "cat <<EOF\n$((${data:a}))\nEOF\n",
        "echo $(( $(echo ${data:a}) ))",
        "declare -i n=${data:a}",
        "declare -i n\nn=${data:a}",
        "declare -n r=${data:a}",
        "x=([\"${data:a}\"]=1)",
        "x+=([${data:a}]+=1)",
        "x=(a ['x ${data:a}']=1)",
        "x=([1 + ${data:a}]=1)",
        "x=([a[${data:a}]]=1)",
        "x=([$(echo ${data:a})]=1)",
        "x=([\"$(echo \"]\")${data:a}\"]=1)",
        "declare -a q=([\"${data:a}\"]=1)",
        "OPTIND=${data:a}",
        "export RANDOM=${data:a}",
        "command export SRANDOM=\"${data:a}\"",
        "local HISTCMD=${data:a}",
        "read OPTIND <<< ${data:a}",
        "echo ${data:a} | mapfile OPTIND",
        "declare -i n\nread n <<< ${data:a}",
        "declare -i n\nfor n in ${data:a}; do :; done",
        "declare -i n\n: \"${n:=${data:a}}\"",
        "printf -v OPTIND %s ${data:a}",
    ] {
        assert!(arithmetic(&refusal(text)), "{text}: {:?}", refusal(text));
    }
    for text in [
        "${data:a}=1",
        "X${data:a}=1",
        "${data:a}() { :; }",
        "function ${data:a} { :; }",
        "for ${data:a} in x; do :; done",
        "export ${data:a}",
        "unset ${data:a}",
        "unset 'a${data:a}'",
        "read ${data:a}",
        "printf -v ${data:a} x",
        "[ -v ${data:a} ]",
        "[[ -v ${data:a} ]]",
        "test -v ${data:a}",
        "command export ${data:a}=1",
        "wait -n -p ${data:a}",
        "wait -p \"${data:a}\" $!",
    ] {
        assert_eq!(refusal(text), Why::Name, "{text}");
    }
    for (text, why) in [
        (
            "cat <<'EOF'\n${data:a}\nEOF\n",
            Why::QuotedHereDocument {
                delimiter: "EOF".to_owned(),
            },
        ),
        (
            "cat <<\\EOF\nx \\${data:a}\nEOF\n",
            Why::QuotedHereDocument {
                delimiter: "EOF".to_owned(),
            },
        ),
        (
            "cat <<${data:a}\nx\n${data:a}\n",
            Why::HereDocumentDelimiter,
        ),
        ("echo `echo \\\\${data:a}`", Why::Backticks),
        ("echo `echo \\`echo ${data:a}\\``", Why::Backticks),
        ("cat <<EOF\n`echo ${data:a}`\nEOF\n", Why::Backticks),
        ("cat <<EOF\n`date` ${data:a}\nEOF\n", Why::Backticks),
        ("echo \"`echo ${data:a}`\"", Why::Backticks),
        ("echo \"$X `echo ${data:a}`\"", Why::Backticks),
        ("echo \"${A:-`echo ${data:a}`}\"", Why::Unverified),
        ("echo ${${data:a}}", Why::InsideExpansionName),
        ("echo \"${A:-\"${data:a}\"}\"", Why::NestedQuotes),
        ("echo \"${A:-'${data:a}'}\"", Why::NestedQuotes),
        ("echo \"${A#${data:a}}\"", Why::Pattern),
        ("[[ x =~ ^${data:a}$ ]]", Why::Pattern),
        (": ${A:=${data:a}}", Why::AssignedDefault),
        ("echo $'it\\'s ${data:a}'", Why::AnsiQuotes),
        ("echo $'${data:a}\\n'", Why::AnsiQuotes),
        ("echo \\\r\n ${data:a}", Why::CarriageReturn),
        ("true\n\\\n eval ${data:a}", Why::Unverified),
        ("\\\neval ${data:a}", Why::Unverified),
        ("if ${data:a}", Why::Syntax),
        ("echo ${data:a} \"", Why::Syntax),
    ] {
        assert_eq!(refusal(text), why, "{text}");
    }
}

#[test]
fn refused_where_text_is_parsed_twice() {
    for text in [
        "sh -c 'echo ${data:a}'",
        "sh -c \"echo $X${data:a}\"",
        "`eval ${data:a}`",
        "$(echo ${data:a})",
        "X=1 $(echo \"${data:a}\") y",
        "true; `printf %s ${data:a}`",
        "exec $(echo ${data:a})",
        "X=`sh -c 'echo ${data:a}'`",
        "bash -c \"echo ${data:a}\"",
        "/bin/bash -lc ${data:a}",
        "bash -e -o pipefail -c \"echo ${data:a}\"",
        "'bash' -c \"echo ${data:a}\"",
        "$SHELL -c \"${data:a}\"",
        "env A=b sh -c \"${data:a}\"",
        "sudo -u x bash -c \"${data:a}\"",
        "timeout 5 sh -c \"${data:a}\"",
        "find . -exec sh -c '${data:a}' \\;",
        "xargs sh -c '${data:a}'",
        "busybox sh -c '${data:a}'",
        "sh -c \"$(cat <<EOF\n${data:a}\nEOF\n)\"",
        "bash >log -c ${data:a}",
        "eval ${data:a}",
        "eval \"x $(echo ${data:a})\"",
        "command eval ${data:a}",
        "\\eval ${data:a}",
        "trap 'echo ${data:a}' EXIT",
        "alias x='${data:a}'",
        "ssh host \"echo ${data:a}\"",
        "ssh ${data:a} uptime",
        "sshpass -e ssh host ${data:a}",
        "su - user -c 'echo ${data:a}'",
        "su --command='echo ${data:a}' user",
        "sudo su -c \"${data:a}\"",
        "docker exec c bash -c '${data:a}'",
        "docker run image -c '${data:a}'",
        "docker run $IMAGE sh -c '${data:a}'",
        "echo ${data:a} | docker exec -i $C $CMD",
        "echo ${data:a} | docker compose exec -T app bash",
        "docker compose -f $F run app sh -c '${data:a}'",
        "docker --context login run x sh -c '${data:a}'",
        "docker $DO login sh -c '${data:a}'",
        "find docker login -exec sh -c '${data:a}' \\;",
        "sudo -u docker login sh -c '${data:a}'",
        "sudo -E sh -c '${data:a}'",
        "sudo -E $X docker login sh -c '${data:a}'",
        "docker login; docker run x sh -c '${data:a}'",
        "kubectl exec pod -- sh -c '${data:a}'",
        "tmux new-session -d 'run ${data:a}'",
        "watch \"ls ${data:a}\"",
        "PS4=${data:a}",
        "compgen -W ${data:a}",
        "enable -f ${data:a} name",
        "declare -a x=${data:a}",
        "declare -a x=\"(${data:a})\"",
        "command declare -A x=\"${data:a}\"",
        "x=(1); declare x=${data:a}",
        "GIT_SSH_COMMAND=\"ssh -i ${data:a}\" git pull",
        "export RSYNC_RSH=${data:a}",
        "env GIT_SSH_COMMAND=${data:a} git pull",
        "git -c core.sshCommand=\"ssh -i ${data:a}\" pull",
        "git config --global core.sshCommand ${data:a}",
        "git submodule foreach ${data:a}",
        "rsync -e \"ssh -i ${data:a}\" a b:",
        "rsync a -ave ${data:a} b:",
        "rsync --rsh=${data:a} a b:",
        "tar -xf x.tar --to-command=${data:a}",
        "tar -xf x.tar --to-c ${data:a}",
        "tar -I ${data:a} -cf x .",
        "env -S \"x ${data:a}\"",
        "env -vS ${data:a}",
        "env -S${data:a}",
        "bash <<< ${data:a} >out",
        "bash <<EOF\necho ${data:a}\nEOF\n",
        "bash -s x <<< ${data:a}",
        "sudo bash <<EOF\necho ${data:a}\nEOF\n",
        "ssh host <<EOF\necho ${data:a}\nEOF\n",
        "ssh -p 22 host bash -s <<EOF\necho ${data:a}\nEOF\n",
        "cat <<EOF | bash\necho ${data:a}\nEOF\n",
        "echo ${data:a} | bash",
        "echo ${data:a} | tee x | sudo sh",
        "echo `echo ${data:a}` | sh",
        "curl -fsSL ${data:a} | bash",
        "curl -fsSL https://x/${data:a} | bash",
        "curl -v -H \"A: ${data:a}\" https://x 2>&1 | bash",
        "curl -w ${data:a} -H \"A: ${data:b}\" https://x | bash",
        "curl $OPTIONS -H \"A: ${data:a}\" https://x | bash",
        "curl -fsSLH \"A: ${data:a}\" https://x --trace-ascii - | bash",
        "curl -H \"A: ${data:a}\" https://x | cat - <(echo ${data:b}) | bash",
        "{ curl -H \"A: ${data:a}\" https://x; } | bash",
        "bash -c \"$(curl -H 'A: ${data:a}' https://x)\"",
        "wget -qO- -d --header=\"A: ${data:a}\" https://x 2>&1 | sh",
        "{ echo ${data:a}; } | sh",
        "echo ${data:a} | xargs -I{} sh -c 'echo {}'",
        "{ bash; } <<EOF\n${data:a}\nEOF\n",
        "source <(echo ${data:a})",
        "bash <(echo ${data:a})",
        "source /dev/stdin <<< ${data:a}",
        "if true; then bash -c \"${data:a}\"; fi",
        "f() { eval ${data:a}; }",
        "x=$(eval ${data:a})",
    ] {
        let why = refusal(text);
        assert!(matches!(why, Why::ParsedTwice { .. }), "{text}: {why:?}");
    }
}

#[test]
fn refused_where_text_is_code_of_another_language() {
    for text in [
        "python -c 'print(\"${data:a}\")'",
        "python3.11 -Bc \"print('${data:a}')\"",
        "venv/bin/python -c ${data:a}",
        "\"$VENV/bin/python3\" -c ${data:a}",
        "uv run python -c ${data:a}",
        "sudo -u x python3 -c ${data:a}",
        "perl -e ${data:a}",
        "perl -F: -lane 'print \"${data:a}\"' file",
        "perl -pi.bak -e \"s/x/${data:a}/\" file",
        "perl -M${data:a} -e 1",
        "ruby -ne 'puts \"${data:a}\"'",
        "node -e \"f('${data:a}')\"",
        "node -pe ${data:a}",
        "node --eval=${data:a}",
        "php -r 'echo \"${data:a}\";'",
        "awk '/${data:a}/ {print}' file",
        "awk -F: -v x=1 \"\\$1 == \\\"${data:a}\\\"\" file",
        "gawk -e '${data:a}'",
        "sed 's/x/${data:a}/' file",
        "sed -i \"s/$X/${data:a}/\" file",
        "sed -i '' \"s/x/${data:a}/\" file",
        "sed -i.sed -n ${data:a} file",
        "sed -ne ${data:a} file",
        "sed file --expression=${data:a}",
        "sed $FLAGS ${data:a} file",
        "docker exec web sed -i 's/x/${data:a}/' file",
        "python <<EOF\nprint('${data:a}')\nEOF\n",
        "python3 - x <<EOF\nprint('${data:a}')\nEOF\n",
        "sudo perl <<< ${data:a}",
        "echo ${data:a} | node",
        "cat <<EOF | ruby -\n${data:a}\nEOF\n",
        "python <(echo ${data:a})",
        "sed -f - file <<EOF\ns/x/${data:a}/\nEOF\n",
        "awk -f <(echo ${data:a}) file",
    ] {
        let why = refusal(text);
        assert!(matches!(why, Why::Interpreted { .. }), "{text}: {why:?}");
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "how long it takes is the point of this test"
)]
fn a_thousand_references_are_judged_in_a_moment_and_more_are_refused() {
    let started = Instant::now();
    for part in [
        "echo ${data:a} |",
        "sudo echo ${data:a};",
        "X=${data:a}\n",
        "\"${data:a}\" ",
        "cat <<EOF\n${data:a}\nEOF\n",
    ] {
        let text = format!("cat {} cat", part.repeat(MOST_MARKS));
        let text = text.replace("cat X", "X").replace("cat cat", "cat");
        let judgement = judge(&text, &marks(&text), &[]);
        assert_eq!(judgement.refusals, [], "{part}");
    }
    // A second here, on a busy machine; minutes if each reference read the script again.
    assert!(started.elapsed() < Duration::from_secs(20));
    let text = "echo ${data:a};".repeat(MOST_MARKS + 1);
    let judgement = judge(&text, &marks(&text), &[]);
    assert_eq!(judgement.refusals.len(), MOST_MARKS + 1);
    assert_eq!(judgement.refusals[0].why, Why::TooMany);
    assert_eq!(judgement.rewritten, text);
}

#[test]
fn accepted_where_the_value_stays_data() {
    for text in [
        "awk -v x=${data:a} '{print x}' file",
        "awk -F ${data:a} '{print $1}' ${data:b}",
        "awk -f prog.awk ${data:a}",
        "python train.py --x ${data:a} -c ${data:b}",
        "python -m train -c ${data:a}",
        "python - ${data:a} <<'EOF'\nprint(1)\nEOF\n",
        "echo ${data:a} | python train.py",
        "echo ${data:a} | python -c 'print(input())'",
        "sed -n 1p file-${data:a}",
        "sed -n \"s/$X/y/p\" ${data:a}",
        "sed -e 1p -e 2p ${data:a}",
        "sed -f script.sed ${data:a}",
        "echo ${data:a} | sed 's/x/y/'",
        "perl -ne 'print' ${data:a}",
        "node server.js --port ${data:a}",
        "docker run -e X=${data:a} python:3.11 python train.py",
        "git -c user.name=${data:a} commit -m ${data:b}",
        "git clone ${data:a} && git checkout ${data:b}",
        "rsync -av ${data:a}/ host:x && tar -czf ${data:b} -C ${data:c} .",
        "env TOKEN=${data:a} cmd",
        "apt-get install -y python3 perl ${data:a}",
        "x=([0]=${data:a} [a]='${data:b}' c)",
        "x=([a-z]* ${data:a})",
        "declare -a x=(${data:a})",
        "read -r line <<< ${data:a}",
        "wait ${data:a}",
        "sh -c 'echo \"$1\"' _ ${data:a}",
        "bash run.sh ${data:a}",
        "bash \"$DIR/run.sh\" ${data:a}",
        "python -c 'print(1)' ${data:a}",
        "grep -c ${data:a} file",
        "sudo grep -c ${data:a} file",
        "head -c ${data:a} file",
        "sshpass -p ${data:a} ssh host uptime",
        "echo ${data:a} | ssh host 'docker login --password-stdin'",
        "echo ${data:a} | docker login --password-stdin",
        "echo ${data:a} | docker login -u $USER --password-stdin",
        "echo ${data:a} | sudo docker --config \"$D\" login -u \"$USER\" --password-stdin $REGISTRY",
        "docker login -u bash -p ${data:a} $REGISTRY",
        "echo ${data:a} | sudo -E docker login -u \"$USER\" --password-stdin $REGISTRY",
        "curl -fsSL -H \"Authorization: Bearer ${data:a}\" https://x/install.sh | bash -s -- -y",
        "curl -H 'A: ${data:a}' --proto '=https' -sSf https://x/$VERSION | sudo -E bash",
        "wget -qO- --header=\"A: ${data:a}\" https://x | sh",
        "curl -sSL -u \"me:${data:a}\" https://x | tar -xz | cat",
        "X=`curl ${data:a}`; echo `echo '${data:b}' \"${data:c}\"`",
        "echo \"$(echo `echo ${data:a}`)\"",
        "echo $X${data:a}${data:b} \"$X${data:c}y\" a$1${data:d}",
        "podman build -t $TAG --build-arg A=${data:a} .",
        "docker compose -f $F up ${data:a}",
        "echo ${data:a} | bash run.sh",
        "echo ssh ${data:a}",
        "read -p ${data:a} answer",
        "export X=${data:a} Y='${data:b}'",
        "[ ${data:a} = x ] && [[ ${data:b} == ${data:c} ]]",
        "case ${data:a} in ${data:b}|x) echo;; esac",
        "a=(${data:a} \"${data:b}\")",
        "echo >${data:a} 2>&1",
        "source ${data:a}",
        "let x=1; (( x > 0 )) && echo ${data:a}",
        "cat <<-EOF\n\tx ${data:a}\n\tEOF\necho ${data:b}",
        "echo é ${data:a} ü '日本 ${data:b}'",
        "echo ${data:a} \\\n  ${data:b} # ${data:c}\n",
        "echo ${data:a}\r\necho \"${data:b}\"\r\n",
    ] {
        rewritten(text);
    }
}

#[test]
fn marks_out_of_order_are_refused_not_trusted() {
    for spans in [&[(5, 9), (5, 9)][..], &[(9, 5)], &[(0, 99)]] {
        let mark = |&(start, end): &(usize, usize)| Mark {
            span: start..end,
            variable: "V".to_owned(),
            secret: false,
        };
        let marks: Vec<Mark> = spans.iter().map(mark).collect();
        assert_eq!(
            judge("echo ${a} ${b}", &marks, &[]).refusals.len(),
            marks.len()
        );
    }
}
