//! The words and ranges of errors that the damage tests do not show.

use super::*;

/// Checks the errors of `text`: the part each marks, and its message.
fn check(text: &str, expected: &[(&str, &str)]) {
    let tree = parse(text);
    assert_in_order(text, &tree);
    let found: Vec<_> = tree
        .errors
        .iter()
        .map(|error| (&text[error.span.range()], error.message.as_str()))
        .collect();
    assert_eq!(found, expected, "in {text:?}");
}

/// Checks that the value `raw` is refused with `message`.
fn check_value(raw: &str, message: &str) {
    check(&format!("a = {raw}"), &[(raw, message)]);
}

#[test]
fn values_that_need_something() {
    check_value(
        "yes",
        "'yes' is not a value: write true, or \"yes\" for a text",
    );
    check_value(
        "False",
        "'False' is not a value: write false, or \"False\" for a text",
    );
    check_value(
        "null",
        "'null' is not a value: leave the key out, or write \"null\" for a text",
    );
    for number in ["08", "1.2.3", "2024-02-30", "0x", "1__0", "24:00:00"] {
        let message = "is not a number or date: if it is a text, put quotes around it";
        check_value(number, &format!("'{number}' {message}"));
    }
    check_value(
        "foo\"",
        "the quote at the end of 'foo\"' has no partner: put one before the text too",
    );
    check_value(
        "9223372036854775808",
        "the number 9223372036854775808 is too large: integers go from -9223372036854775808 to \
         9223372036854775807",
    );
    check_value("1e999", "the number 1e999 is too large for a float");
}

#[test]
fn several_errors_at_once() {
    check(
        "a = yes\n[t]\nb = \nc = \"x\n[[u]]\nd! = 1\n",
        &[
            (
                "yes",
                "'yes' is not a value: write true, or \"yes\" for a text",
            ),
            ("b =", "expected a value for the key 'b' after '='"),
            (
                "\"x",
                "this string is not closed: add a \" before the end of the line",
            ),
            (
                "d!",
                "'d!' cannot be a key without quotes: only letters a-z, digits, '-' and '_' can",
            ),
        ],
    );
}

#[test]
fn characters_and_escapes() {
    check(
        "a = \"\\u12\"",
        &[("\\u12", "'\\u12' needs 4 hexadecimal digits")],
    );
    check(
        "a = \"\\uD800\"",
        &[("\\uD800", "'\\uD800' stands for no character")],
    );
    check(
        "a = \"x\u{7}\"",
        &[(
            "\u{7}",
            "the control character U+0007 cannot stand here: remove it, or write '\\u0007' in a \
             string with double quotes",
        )],
    );
    check(
        "# \u{1}",
        &[(
            "\u{1}",
            "the control character U+0001 cannot stand in a comment",
        )],
    );
    check(
        "a = 1\rb = 2",
        &[(
            "\r",
            "a carriage return alone does not end a line: use a line feed, or both",
        )],
    );
}

#[test]
fn what_is_defined_twice_names_the_first() {
    let cases = [
        ("a = 1\na = 2", "the key 'a' is defined twice"),
        ("a.b = 1\na.b = 2", "the key 'b' is defined twice"),
        ("x = { a = 1, a = 2 }", "the key 'a' is defined twice"),
        ("[a]\n[b]\n[a]", "the table 'a' is defined twice"),
        ("a = 1\n[a]", "'a' has a value already, so it is no table"),
        (
            "a = {}\n[a.b]",
            "'a' has a value already, so it is no table",
        ),
        (
            "[a]\n[[a]]",
            "'a' is one table already, so it is no array of tables",
        ),
        (
            "[[a]]\n[a]",
            "'a' is an array of tables: write [[…]] to add one",
        ),
        (
            "a.b = 1\n[a]",
            "the table 'a' is defined by keys with dots already",
        ),
        ("[a.b]\n[a]\nb = 1", "the key 'b' is defined twice"),
    ];
    for (text, message) in cases {
        let tree = parse(text);
        assert_eq!(tree.errors.len(), 1, "{:#?} in {text:?}", tree.errors);
        assert_eq!(tree.errors[0].message, message, "{text:?}");
        let (first, word) = tree.errors[0].related.as_ref().expect(text);
        assert_eq!(word, "first defined here");
        assert!(first.end <= tree.errors[0].span.start, "{text:?}");
    }
    for fine in [
        "[a.b]\n[a]\nc = 1",
        "[[a]]\nx = 1\n[[a]]\nx = 1\n[a.b]",
        "[a]\nb.c = 1\n[a.b.d]",
    ] {
        assert!(parse(fine).errors.is_empty(), "{fine:?}");
    }
}

#[test]
fn brackets_name_where_they_should_end() {
    let text = "[[step]]\nargs = [\"a\",\n# comment\n\nrun = \"x\"\n";
    let tree = parse(text);
    let (end, word) = tree.errors[0].related.as_ref().expect("a place");
    assert_eq!(word, "']' expected here");
    assert_eq!(&text[..end.start], "[[step]]\nargs = [\"a\",");
}

#[test]
fn what_is_too_deep_is_told_and_not_followed() {
    for text in [
        format!("a = {}", "[".repeat(10_000)),
        format!("a = {}", "{ a = ".repeat(10_000)),
        format!("{}a = 1", "a.".repeat(10_000)),
        format!("[{}a]", "a.".repeat(10_000)),
        // Here `toml_parser` closes more brackets than it opens.
        format!("a = {}", "{ {} a = ".repeat(10_000)),
        format!("a = {}", "{ [] a = ".repeat(10_000)),
    ] {
        let tree = parse(&text);
        assert_in_order(&text, &tree);
        assert_eq!(tree.errors.len(), 1, "{:?}", &text[..20]);
    }
}
