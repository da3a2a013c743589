//! Analysing after an edit is analysing the edited text.
//!
//! An input is a text, and after each separator an edit: two bytes that say where, one that says how much
//! goes, and what comes in its place.

use std::sync::Arc;

use recipe::Analyser;

use crate::SEPARATOR;

#[path = "../../recipe/tests/common/said.rs"]
mod said;

use said::said;

/// See above.
pub fn holds(data: &[u8]) {
    let mut parts = data.split(|byte| *byte == SEPARATOR);
    let Some(mut text) = parts.next().and_then(crate::text).map(str::to_owned) else {
        return;
    };
    let mut analyser = Analyser::default();
    let mut analysis = analyser.analyse(text.as_str().into(), None);
    for edit in parts.take(8) {
        let Some((&[high, low, deleted], typed)) = edit.split_first_chunk() else {
            return;
        };
        let Some(typed) = crate::text(typed) else {
            return;
        };
        let place = usize::from(u16::from_be_bytes([high, low])) % (text.len() + 1);
        let start = text.floor_char_boundary(place);
        let end = text.ceil_char_boundary((start + usize::from(deleted)).min(text.len()));
        text.replace_range(start..end, typed);
        let text: Arc<str> = text.as_str().into();
        analysis = analyser.analyse_again(analysis, text.clone(), None);
        let anew = Analyser::default().analyse(text, None);
        same(&said(&analysis), &said(&anew));
    }
}

#[track_caller]
fn same(again: &str, anew: &str) {
    let pairs = again.lines().zip(anew.lines()).enumerate();
    let differs = pairs.filter(|(_, (again, anew))| again != anew);
    assert!(again == anew, "{:?}", differs.take(3).collect::<Vec<_>>());
}

/// A text in which a character goes, a line comes, and it goes again.
pub fn seed(text: &str) -> Vec<Vec<u8>> {
    let mut input = text.as_bytes().to_vec();
    let middle = u16::try_from(text.len() / 2).unwrap_or(u16::MAX);
    let [high, low] = middle.to_be_bytes();
    for (deleted, typed) in [(1, ""), (0, "\nid = \"x\"\n"), (10, "${x}")] {
        input.extend([SEPARATOR, high, low, deleted]);
        input.extend(typed.as_bytes());
    }
    vec![input]
}
