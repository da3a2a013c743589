//! What is rewritten, and how.

use super::{marks, rewritten};
use crate::shell::{in_single_quotes, judge};

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
        "env TOKEN=\"$(echo ${data:a})\" cmd",
        "env A=1 timeout 5 curl $(echo ${data:a})",
        "sudo -E -u me apt-get install $(echo ${data:a})",
        "$SUDO pip install $(echo ${data:a})",
        "docker login -u $(echo ${data:a}) --password-stdin",
        "echo ${data:a} | xargs -n 1 rm",
        "echo ${data:a} | xargs -n 1 timeout 5 curl",
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
