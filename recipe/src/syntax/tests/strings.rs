//! Every character of a string maps to the source it came from, and back.

use proptest::prelude::*;

use super::*;

/// A piece of a string: how it is written, and the character it says (none for a line-ending
/// backslash).
type Piece = (String, Option<char>);

fn plain() -> impl Strategy<Value = Piece> {
    prop_oneof![
        prop::sample::select(vec![
            'a', 'Z', ' ', '$', '{', '}', '#', '=', '[', 'é', '😀', '\t'
        ]),
        prop::char::range('\u{a0}', '\u{2fff}'),
    ]
    .prop_map(|c| (c.to_string(), Some(c)))
}

fn escape() -> impl Strategy<Value = Piece> {
    let named = prop::sample::select(vec![
        ("\\n", '\n'),
        ("\\t", '\t'),
        ("\\e", '\u{1b}'),
        ("\\\\", '\\'),
        ("\\\"", '"'),
        ("\\x41", 'A'),
        ("\\u0024", '$'),
        ("\\U0001F600", '😀'),
    ]);
    named.prop_map(|(written, said)| (written.to_owned(), Some(said)))
}

/// A line-ending backslash. A word character follows, since it would eat blanks.
fn continuation() -> impl Strategy<Value = Vec<Piece>> {
    let written = prop::sample::select(vec!["\\\n", "\\\r\n", "\\  \n\n \t ", "\\\n\r\n  "]);
    written.prop_map(|written| vec![(written.to_owned(), None), ("w".to_owned(), Some('w'))])
}

fn line_break() -> impl Strategy<Value = Vec<Piece>> {
    prop::sample::select(vec!["\n", "\r\n"])
        .prop_map(|written| written.chars().map(|c| (c.to_string(), Some(c))).collect())
}

fn one(piece: impl Strategy<Value = Piece>) -> impl Strategy<Value = Vec<Piece>> {
    piece.prop_map(|piece| vec![piece])
}

/// The opening quotes, the pieces, the closing quotes.
type Written = (&'static str, Vec<Piece>, &'static str);

fn pieces(piece: BoxedStrategy<Vec<Piece>>) -> impl Strategy<Value = Vec<Piece>> {
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn single_line() -> impl Strategy<Value = Written> {
    let basic = prop_oneof![one(plain()), one(escape())].boxed();
    let literal = one(plain()).boxed();
    prop_oneof![
        pieces(basic).prop_map(|pieces| ("\"", pieces, "\"")),
        pieces(literal).prop_map(|pieces| ("'", pieces, "'")),
    ]
}

fn string() -> impl Strategy<Value = Written> {
    let basic = prop_oneof![one(plain()), one(escape()), continuation(), line_break()].boxed();
    let literal = prop_oneof![one(plain()), line_break()].boxed();
    let open_basic = prop::sample::select(vec!["\"\"\"\n", "\"\"\"\r\n"]);
    let open_literal = prop::sample::select(vec!["'''\n", "'''\r\n"]);
    prop_oneof![
        single_line(),
        (open_basic, pieces(basic)).prop_map(|(open, pieces)| (open, pieces, "\"\"\"")),
        (open_literal, pieces(literal)).prop_map(|(open, pieces)| (open, pieces, "'''")),
    ]
}

fn only_string(tree: &Tree) -> &Str {
    match &tree.root.entries[0].value.kind {
        ValueKind::String(string) => string,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_character_maps_to_its_source_and_back((open, pieces, close) in string()) {
        let before = "# ü\nx = ";
        let body: String = pieces.iter().map(|(written, _)| written.as_str()).collect();
        let text = format!("{before}{open}{body}{close}\n");
        let tree = parse(&text);
        prop_assert!(tree.errors.is_empty(), "{:?} in {text:?}", tree.errors);
        let string = only_string(&tree);
        prop_assert!(!string.unterminated);
        let said: String = pieces.iter().filter_map(|(_, said)| *said).collect();
        prop_assert_eq!(&string.text, &said);

        let mut source = before.len() + open.len();
        let mut decoded = 0;
        for (written, said) in &pieces {
            let span = Span::new(source, source + written.len());
            if let Some(said) = said {
                let end = decoded + said.len_utf8();
                prop_assert_eq!(string.span_of(decoded, end), span, "{} in {:?}", said, text);
                prop_assert_eq!(string.decoded_at(span.start), decoded);
                for offset in span.range() {
                    let inside = string.decoded_at(offset);
                    prop_assert!((decoded..end).contains(&inside), "{offset} in {text:?}");
                }
                decoded = end;
            } else {
                prop_assert_eq!(string.decoded_at(span.start), decoded);
                prop_assert_eq!(string.decoded_at(span.end - 1), decoded);
            }
            source = span.end;
        }
        prop_assert_eq!(string.span_of(decoded, decoded), Span::at(source));
        prop_assert_eq!(string.decoded_at(source), decoded);
    }

    /// A string that is not closed says the same, up to the end of its line.
    #[test]
    fn a_string_without_its_end_says_the_same((open, pieces, _) in single_line(), crlf in any::<bool>()) {
        let body: String = pieces.iter().map(|(written, _)| written.as_str()).collect();
        let end = if crlf { "\r\n" } else { "\n" };
        let text = format!("x = {open}{body}{end}y = 1{end}");
        let tree = parse(&text);
        let string = only_string(&tree);
        prop_assert!(string.unterminated);
        prop_assert_eq!(tree.errors.len(), 1);
        let said: String = pieces.iter().filter_map(|(_, said)| *said).collect();
        // The decoder cannot tell a last escaped quote from the closing one.
        if !body.ends_with("\\\"") {
            prop_assert_eq!(&string.text, &said);
        }
        prop_assert!(tree.root.get("y").is_some());
    }
}
