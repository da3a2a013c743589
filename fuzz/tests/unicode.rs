//! A text that was edited in the server is as if it had been opened so, in each encoding and whatever is in
//! it: places past the end, between the halves of a pair and inside a character are among the edits.

use fuzz::session::{CHANGE, holds, input};
use proptest::prelude::*;

/// Every kind of line end and of character: combining, wide, in several code points, in two halves, from
/// right to left, marks that show nothing, and pieces of a recipe for them to stand in.
const PIECES: &[&str] = &[
    "a",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "ä",
    "e\u{301}",
    "語",
    "😀",
    "👩‍💻",
    "🇩🇪",
    "𝒳",
    "\u{2028}",
    "\u{2029}",
    "\u{85}",
    "\u{b}",
    "\u{c}",
    "\u{feff}",
    "\u{200d}",
    "\u{202e}",
    "שלום",
    "\u{10ffff}",
    "\u{0}",
    "\"",
    "'''",
    "\"\"\"",
    "#",
    "${x}",
    "${secret:a/b}",
    "\n[[step]]\nid = \"",
    "\"\nssh_command = { command = \"echo ${x} ",
    "\n[variables]\nx = \"",
    "[recipe]\nname = \"",
];

fn text(most: usize) -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES);
    prop::collection::vec(piece, 0..most).prop_map(|pieces| pieces.concat())
}

/// A place close by, or past any end.
fn place() -> impl Strategy<Value = u8> {
    prop_oneof![8 => 0..12_u8, 1 => Just(0xfe)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn an_edited_document_is_as_if_opened_anew(
        encoding in 0..3_u8,
        first in text(24),
        edits in prop::collection::vec(((place(), place(), 0..3_u8, place()), text(4)), 1..12),
    ) {
        let edit = |((line, column, down, to), typed): &((u8, u8, u8, u8), String)| {
            (CHANGE, [*line, *column, *down, *to], typed.clone())
        };
        let edits: Vec<_> = edits.iter().map(edit).collect();
        let parts: Vec<_> = edits.iter().map(|(what, range, typed)| (*what, *range, typed.as_str())).collect();
        holds(&input(encoding, &first, &parts));
    }
}
