//! What is seen of a secret by other processes, and what is not.

use super::exposures;

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
