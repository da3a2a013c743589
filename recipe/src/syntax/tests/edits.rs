//! What people do while they write is parsed in part: that it comes out right is tried in `tests/edits.rs`.

use super::*;
use crate::shift::Difference;

const TEXT: &str = "# recipe\n[recipe]\nname = 'x'\n\n[variables]\na = '1'\n\n[[step]]\nid = 'one'\n\n[step.sleep]\nduration_secs = 1\n\n\
    [[step]]\nid = 'two'\nsleep = {}\n\n[[step]]\nid = 'three'\nsleep = {}\n";

/// The steps that are parsed again when `old` becomes `new`, how many there are then, and whether anything else is.
fn check(old: &str, new: &str) -> Option<(std::ops::Range<usize>, usize, bool)> {
    let edited = TEXT.replacen(old, new, 1);
    assert_ne!(edited, TEXT);
    let difference = Difference::between(TEXT, &edited);
    let mut tree = parse(TEXT);
    let changed = reparse(&mut tree, &edited, difference)?;
    assert_eq!(format!("{tree:?}"), format!("{:?}", parse(&edited)));
    Some((changed.steps, changed.tables.len(), changed.others))
}

#[test]
fn only_what_an_edit_touches_is_parsed_again() {
    for (old, new, expected) in [
        // In a step, and in what stands in none.
        ("'two'", "'2'", (1..2, 1, false)),
        ("= 1\n", "= 10\n", (0..1, 1, false)),
        ("a = '1'", "a = '2'", (0..0, 0, true)),
        ("'x'", "'y'", (0..0, 0, true)),
        ("# recipe", "# doppio: allow(x)", (0..0, 0, true)),
        // A header, letter by letter. What is the same as before may be what stands behind it.
        ("{}\n\n", "{}\n\n[\n", (1..3, 2, true)),
        ("{}\n\n", "{}\n\n[[st\n", (1..3, 2, true)),
        ("{}\n\n", "{}\n\n[[step]]\n", (2..3, 2, false)),
        // A step that comes, goes, or falls to the one before it.
        (
            "{}\n\n",
            "{}\n\n[[step]]\nid = 'new'\n\n[step.sleep]\n\n",
            (2..3, 2, false),
        ),
        ("[[step]]\nid = 'two'\nsleep = {}\n\n", "", (1..3, 1, false)),
        ("[[step]]\nid = 'two'\n", "", (0..2, 1, false)),
    ] {
        assert_eq!(check(old, new), Some(expected), "{old:?} to {new:?}");
    }
}

#[test]
fn what_gives_other_steps_another_meaning_is_left_to_a_whole_look() {
    for (old, new) in [
        ("[[step]]", "[step]"),
        ("[[step]]", "[[step"),
        ("# recipe", "step = 1"),
        ("'two'", "'''two"),
        ("[variables]", "[step.x]"),
    ] {
        assert_eq!(check(old, new), None, "{old:?} to {new:?}");
    }
}
