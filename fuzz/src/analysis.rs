//! All that can be said of a text is said of places in it, and what is offered as a repair leaves a sound
//! text sound.

use recipe::chart::Chart;
use recipe::checks::allow_here;
use recipe::cursor::Cursor;
use recipe::diagnostic::{self, Diagnostic, Edit, Fix, Severity};
use recipe::effects::Place;
use recipe::{Analyser, Analysis, Effects, Facts, PlanOptions, plan};

use crate::places::{inside, whole};

/// At most so many places of a text are asked about one by one.
const MOST_PLACES: usize = 200;

/// See above.
pub fn holds(data: &[u8]) {
    let Some(text) = crate::text(data) else {
        return;
    };
    let analysis = analyse(text);
    let found = analysis.diagnostics(&Facts::default());
    for diagnostic in &found {
        is_in_the_text(text, diagnostic);
        let allow = allow_here(&analysis, diagnostic);
        for fix in diagnostic.fixes.iter().chain(&allow) {
            mends(&analysis, diagnostic, fix);
        }
    }
    for credential in analysis.credentials() {
        let _ = analysis.value_at(credential.span);
    }
    for offset in (0..=text.len())
        .filter(|at| text.is_char_boundary(*at))
        .take(MOST_PLACES)
    {
        let _ = Cursor::at(text, offset).slot();
    }
    draws(&analysis);
    plans(&analysis, &found);
}

fn analyse(text: &str) -> Analysis {
    Analyser::default().analyse(text.into(), Some("x.recipe.toml"))
}

fn is_in_the_text(text: &str, diagnostic: &Diagnostic) {
    assert!(!diagnostic.message.is_empty(), "no words: {diagnostic:?}");
    let related = diagnostic.related.iter().map(|it| it.span);
    let edits = diagnostic
        .fixes
        .iter()
        .flat_map(|fix| &fix.edits)
        .map(|it| it.span);
    for span in related.chain(edits).chain([diagnostic.span]) {
        inside(text, span, whole(text));
    }
}

/// A repair changes the text, and leaves a sound one sound. Where something is broken already, what a quote
/// more or less does to the rest is a guess.
fn mends(before: &Analysis, diagnostic: &Diagnostic, fix: &Fix) {
    let text = applied(&before.text, fix);
    let what = || format!("[{}] '{}' makes\n{text}", diagnostic.code, fix.title);
    assert!(*text != *before.text, "nothing changes: {}", what());
    let errors = analyse(&text).tree.errors;
    let was_sound = before.tree.errors.is_empty();
    assert!(!was_sound || errors.is_empty(), "{}\n{errors:?}", what());
}

fn applied(text: &str, fix: &Fix) -> String {
    let mut edits = fix.edits.clone();
    edits.sort_by_key(|edit| edit.span);
    let apart = |pair: &[Edit]| pair[0].span.end <= pair[1].span.start;
    assert!(edits.windows(2).all(apart), "edits overlap: {fix:?}");
    diagnostic::apply(text, &edits)
}

/// There is a picture of anything, in each format.
fn draws(analysis: &Analysis) {
    let chart = Chart::of(analysis);
    assert!(chart.svg().ends_with("</svg>\n"), "{}", chart.svg());
    let outline = &chart.outline;
    let _ = (outline.mermaid(), outline.dot(), outline.text());
}

/// There is a plan only where no error was found, and then its effects can be told.
fn plans(analysis: &Analysis, found: &[Diagnostic]) {
    let Ok(plan) = plan(analysis, &PlanOptions::default()) else {
        return;
    };
    let errors: Vec<_> = found
        .iter()
        .filter(|it| it.severity == Severity::Error)
        .collect();
    assert!(errors.is_empty(), "there is a plan in spite of {errors:?}");
    let place = Place {
        target: None,
        folder: "/",
    };
    let effects = Effects::of(&plan, place);
    assert!(
        effects.changes_since(&effects).is_empty(),
        "nothing has changed"
    );
}
