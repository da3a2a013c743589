//! Large recipes of one plain shape each: what is said of them must not grow faster than their text. What they
//! cost is measured by `cargo bench -p doppio-recipe --bench growth`.

#[path = "../common/mod.rs"]
mod common;
mod shapes;

use common::diagnostics;

/// If each finding named all steps, there would be no end to them.
#[test]
fn findings_name_few_places() {
    const STEPS: usize = 60;
    for (name, recipe) in shapes::all() {
        let found = diagnostics(&recipe(STEPS));
        let places: usize = found.iter().map(|it| 1 + it.related.len()).sum();
        let longest = found.iter().map(|it| it.message.len()).max();
        assert!(places <= 10 * STEPS, "{name}: {places}");
        assert!(longest.unwrap_or(0) <= 500, "{name}");
    }
}
