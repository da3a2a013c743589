//! A judgement keeps the text around the marks, and every value out of it.

use recipe::shell::{Mark, Memory, fault, judge};

const MARK: &str = "${data:";

/// See above. That a rewritten script does what the text says, real shells tell: `recipe/tests/shell`.
pub fn holds(data: &[u8]) {
    let Some(text) = crate::text(data) else {
        return;
    };
    let marks = marks(text);
    let _ = fault(text, &marks);
    let env = ["X".to_owned()];
    let judgement = judge(text, &marks, &env);
    let remembered = Memory::default().judge(text, &marks, &env);
    assert_eq!(judgement, *remembered, "the memory says something else");
    for exposure in &judgement.exposures {
        assert!(text.get(exposure.span.clone()).is_some(), "{exposure:?}");
    }
    if !judgement.refusals.is_empty() {
        assert_eq!(judgement.rewritten, text, "refused, and rewritten");
        return;
    }
    let mut rest = judgement.rewritten.as_str();
    let mut end = 0;
    for (index, mark) in marks.iter().enumerate() {
        if judgement.left_alone.contains(&index) {
            continue;
        }
        // What stands between two marks is kept, up to quotes that are closed before one and opened after it.
        let variable = format!("${{{}}}", mark.variable);
        let Some((before, after)) = rest.split_once(&variable) else {
            panic!("{variable} is missing in\n{}", judgement.rewritten);
        };
        same_but_for_quotes(before, &text[end..mark.span.start]);
        (rest, end) = (after, mark.span.end);
    }
    same_but_for_quotes(rest, &text[end..]);
}

#[track_caller]
fn same_but_for_quotes(rewritten: &str, text: &str) {
    let bare = |it: &str| it.replace(['"', '\'', '\\', '$'], "");
    assert_eq!(bare(rewritten), bare(text), "more than quotes has changed");
}

fn marks(text: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find(MARK).map(|at| from + at) {
        let Some(end) = text[start..].find('}').map(|at| start + at + 1) else {
            break;
        };
        marks.push(Mark {
            span: start..end,
            variable: format!("DOPPIO_{}", marks.len()),
            secret: marks.len() % 2 == 0,
        });
        from = end;
    }
    marks
}

/// The commands of a recipe, and a script as it is, with data where a variable stands.
pub fn seed(text: &str) -> Vec<Vec<u8>> {
    let data = |script: &str| script.replace("${", MARK).into_bytes();
    let analysis = recipe::Analyser::default().analyse(text.into(), None);
    if !analysis.is_recipe {
        return vec![data(text)];
    }
    analysis.scripts().iter().map(|it| data(it)).collect()
}
