//! Sound documents: the tree is what `toml_edit` reads, whatever way things are written.

use proptest::prelude::*;

use super::properties::{SAMPLE, assert_agrees};
use super::*;

#[test]
fn the_sample_is_sound() {
    let crlf = SAMPLE.replace('\n', "\r\n");
    for text in [SAMPLE, &crlf, &format!("\u{feff}{SAMPLE}")] {
        let tree = parse(text);
        assert!(tree.errors.is_empty(), "{:#?}", tree.errors);
        assert_in_order(text, &tree);
        assert_agrees(text, &tree);
        assert_eq!(tree.tables.len(), 5);
        let step = &tree.tables[3];
        assert_eq!(&text[step.header.range()], "[[step]]");
        assert!(
            text[step.table.span.range()]
                .trim_end_matches('}')
                .ends_with('\n')
        );
    }
}

#[test]
fn a_recipe_is_known_by_its_tables_or_its_name() {
    let is = |text: &str| is_recipe(&parse(text), None);
    assert!(is("[recipe]\n"));
    assert!(is("x = 1\n[[step]]\nbroken"));
    let others = [
        "[[ste",
        "[[step",
        "[step]",
        "[[recipe]]",
        "[package]\nname = 'x'",
        "",
        "[recipe.x]",
    ];
    for other in others {
        assert!(!is(other), "{other:?}");
    }
    assert!(is_recipe(&parse(""), Some("a.recipe.toml")));
    assert!(!is_recipe(&parse(""), Some("recipe.toml")));
}

/// A key of few letters, so that names meet.
fn key() -> impl Strategy<Value = String> {
    let keys = [
        "a",
        "b",
        "c",
        "\"a\"",
        "'c'",
        "\"d e\"",
        "a.b",
        "b . c",
        "a.\"d e\".f",
    ];
    prop::sample::select(keys.to_vec()).prop_map(str::to_owned)
}

const SCALARS: &[&str] = &[
    "1",
    "-7",
    "0xdead_beef",
    "0o17",
    "0b1",
    "1_000",
    "9223372036854775807",
    "-9223372036854775808",
    "1.5",
    "-0.0",
    "6.02e+23",
    "inf",
    "-nan",
    "true",
    "false",
    "1979-05-27",
    "07:32:00.5",
    "07:32",
    "1979-05-27 07:32:00-08:00",
    "\"\"",
    "\"a\\n\\x41\\e\"",
    "''",
    "'a\\b'",
    "\"\"\"\n a \\\n  b\"\"\"",
    "'''\n[[a]]\nb = 1\n'''",
    "\"\"\"\"quoted\"\"\"\"",
];

fn value() -> impl Strategy<Value = String> {
    let scalar = prop::sample::select(SCALARS).prop_map(str::to_owned);
    scalar.prop_recursive(3, 12, 4, |inner| {
        let comma = || prop::sample::select(vec![", ", ",\n  # c\n", ",", " ,\n"]);
        let pair = (key(), inner.clone()).prop_map(|(key, value)| format!("{key} = {value}"));
        let array = (prop::collection::vec(inner, 0..4), comma());
        let table = (prop::collection::vec(pair, 0..3), comma());
        prop_oneof![
            array.prop_map(|(values, comma)| format!("[{}]", values.join(comma))),
            table.prop_map(|(pairs, comma)| {
                let last = if pairs.is_empty() { "" } else { comma };
                format!("{{ {}{last} }}", pairs.join(comma))
            }),
        ]
    })
}

fn statement() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (key(), value()).prop_map(|(key, value)| format!("{key} = {value}")),
        1 => key().prop_map(|key| format!("[{key}]")),
        1 => key().prop_map(|key| format!("[[ {key} ]] # c")),
        1 => Just("  # comment ü".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// Many of these define something twice: then both find it.
    #[test]
    fn documents_are_read_as_toml_edit_reads_them(
        statements in prop::collection::vec(statement(), 0..8),
        crlf in any::<bool>(),
    ) {
        let mut text = statements.join("\n");
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        let tree = parse(&text);
        assert_in_order(&text, &tree);
        assert_agrees(&text, &tree);
    }
}
