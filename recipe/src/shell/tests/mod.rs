//! Shell texts and what is said about them. `recipe/tests/shell/` runs them in real shells.

mod exposed;
mod refused;
mod rewritten;

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
