//! Everything that fuzzing found and learned, and what it starts from, without a fuzzer.

use std::panic::{catch_unwind, set_hook, take_hook};
use std::sync::atomic::{AtomicUsize, Ordering};

use fuzz::TARGETS;
use fuzz::seeds::{made, regressions};
use testkit::samples::learned;

/// The server goes on after a panic in it, and its threads are not this one.
static PANICS: AtomicUsize = AtomicUsize::new(0);

fn count_panics() {
    let report = take_hook();
    set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        report(panic);
    }));
}

/// Tries every input of a target, and says of which it does not hold.
fn replay(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name);
    let target = target.expect("a target of that name");
    let numbered = |what: &str, inputs: Vec<Vec<u8>>| {
        let inputs = inputs.into_iter().enumerate();
        let named = inputs.map(|(number, input)| (format!("{what} {}", number + 1), input));
        named.collect::<Vec<_>>()
    };
    let regressions = regressions(target).into_iter();
    let regressions = regressions.map(|(path, input)| (path.display().to_string(), input));
    let mut inputs = numbered("seed", made(target));
    inputs.extend(numbered("line of the corpus", learned(name)));
    inputs.extend(regressions);
    assert!(inputs.len() > 100, "only {} inputs", inputs.len());
    count_panics();
    let fails = |input: &[u8]| {
        let before = PANICS.load(Ordering::SeqCst);
        let failed = catch_unwind(|| (target.holds)(input)).is_err();
        failed || PANICS.load(Ordering::SeqCst) != before
    };
    let failed = inputs.iter().filter(|(_, input)| fails(input));
    let failed: Vec<_> = failed.map(|(name, _)| name).collect();
    assert!(failed.is_empty(), "{name} does not hold of {failed:#?}");
}

#[test]
fn syntax() {
    replay("syntax");
}

#[test]
fn analysis() {
    replay("analysis");
}

#[test]
fn shell() {
    replay("shell");
}

#[test]
fn edits() {
    replay("edits");
}

#[test]
fn session() {
    replay("session");
}

#[test]
fn protocol() {
    replay("protocol");
}

#[test]
fn format() {
    replay("format");
}
