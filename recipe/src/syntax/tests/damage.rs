//! The 25 kinds of damage of `lsp.md` 2.2, each inside the first of two steps: what stands outside
//! keeps its place, there is one error, and it stands where the damage is.

use super::*;

/// A recipe of two steps whose first step holds `damage`.
fn document(damage: &str) -> String {
    format!(
        "[vars]\nhost = \"gpu\"\n\n[[step]]\nname = \"one\"\n{damage}\nlast = \"kept\"\n\n\
         [[step]]\nname = \"two\"\nenv = {{ A = \"1\", B = \"2\" }}\nrun = \"echo hi\"\n"
    )
}

/// Checks that the leaves outside the damage survive, that the errors are exactly `errors` (the part
/// of the text they mark, and words of the message), and that the first step has the leaves `kept`.
fn check(text: &str, errors: &[(&str, &str)], kept: &[(&str, &str)]) {
    let tree = parse(text);
    assert_in_order(text, &tree);
    let leaves = leaves(&tree);
    let steps = tree
        .tables
        .iter()
        .filter(|table| table.path[0].name == "step");
    let second = steps.count() - 1;
    let outside = [
        ("vars.host".to_owned(), "\"gpu\""),
        ("step.0.name".to_owned(), "\"one\""),
        (format!("step.{second}.name"), "\"two\""),
        (format!("step.{second}.env.A"), "\"1\""),
        (format!("step.{second}.env.B"), "\"2\""),
        (format!("step.{second}.run"), "\"echo hi\""),
    ];
    for (path, value) in outside {
        assert_eq!(
            leaf(&leaves, &path),
            Some(value),
            "{path} of\n{text}\n{leaves:#?}"
        );
    }
    for (path, value) in kept {
        assert_eq!(
            leaf(&leaves, path),
            Some(*value),
            "{path} of\n{text}\n{leaves:#?}"
        );
    }
    let found: Vec<_> = tree
        .errors
        .iter()
        .map(|error| (&text[error.span.range()], error.message.as_str()))
        .collect();
    assert_eq!(found.len(), errors.len(), "{found:#?} in\n{text}");
    for ((marked, message), (expected, words)) in found.iter().zip(errors) {
        assert_eq!(marked, expected, "{message} in\n{text}");
        assert!(message.contains(words), "{message:?} lacks {words:?}");
    }
}

const LAST: (&str, &str) = ("step.0.last", "\"kept\"");

#[test]
fn d01_unclosed_basic_string() {
    check(
        &document("run = \"echo ${secret:"),
        &[("\"echo ${secret:", "add a \" before the end of the line")],
        &[("step.0.run", "\"echo ${secret:\""), LAST],
    );
}

#[test]
fn d02_unclosed_literal_string() {
    check(
        &document("run = 'echo"),
        &[("'echo", "add a ' before the end of the line")],
        &[("step.0.run", "\"echo\""), LAST],
    );
}

#[test]
fn d03_unclosed_multiline_basic_string() {
    check(
        &document("run = \"\"\"\necho ${x}\nFOO=bar cmd"),
        &[("\"\"\"", "add \"\"\" where it ends")],
        &[("step.0.run", "\"echo ${x}\\nFOO=bar cmd\\n\""), LAST],
    );
}

#[test]
fn d04_unclosed_multiline_literal_string() {
    check(
        &document("run = '''\necho"),
        &[("'''", "add ''' where it ends")],
        &[("step.0.run", "\"echo\\n\""), LAST],
    );
}

#[test]
fn d05_unclosed_inline_table_on_one_line() {
    check(
        &document("env = { A = \"1\", B = \"2\""),
        &[("{", "inline table is not closed: add a '}'")],
        &[("step.0.env.A", "\"1\""), ("step.0.env.B", "\"2\""), LAST],
    );
}

#[test]
fn d06_unclosed_inline_table_on_several_lines() {
    check(
        &document("env = {\n  A = \"1\",\n  B = \"2\","),
        &[("{", "inline table is not closed: add a '}'")],
        &[("step.0.env.A", "\"1\""), ("step.0.env.B", "\"2\""), LAST],
    );
}

#[test]
fn d07_half_typed_key() {
    check(
        &document("na"),
        &[("na", "expected '=' and a value after the key 'na'")],
        &[("step.0.na", "?"), LAST],
    );
}

#[test]
fn d08_missing_value() {
    check(
        &document("run ="),
        &[("run =", "expected a value for the key 'run' after '='")],
        &[("step.0.run", "?"), LAST],
    );
}

#[test]
fn d09_half_typed_dotted_key() {
    check(
        &document("env."),
        &[("env.", "a part of this key is missing")],
        &[("step.0.env.", "?"), LAST],
    );
}

#[test]
fn d10_half_typed_array_header() {
    check(
        &document("[[ste"),
        &[("[[ste", "this header is not closed: it ends with ']]'")],
        &[("ste.0.last", "\"kept\"")],
    );
}

#[test]
fn d11_half_typed_header() {
    check(
        &document("[vars2"),
        &[("[vars2", "this header is not closed: it ends with ']'")],
        &[("vars2.last", "\"kept\"")],
    );
}

#[test]
fn d12_missing_comma() {
    check(
        &document("env = { A = \"1\" B = \"2\" }"),
        &[("B", "a ',' is missing before this key")],
        &[("step.0.env.A", "\"1\""), ("step.0.env.B", "\"2\""), LAST],
    );
}

#[test]
fn d13_duplicate_key() {
    check(
        &document("run = \"a\"\nrun = \"b\""),
        &[("run", "the key 'run' is defined twice")],
        &[LAST],
    );
}

#[test]
fn d14_bad_escape() {
    check(
        &document("run = \"a \\d ${var} b\""),
        &[("\\d", "'\\d' is not an escape")],
        &[("step.0.run", "\"a \\\\d ${var} b\""), LAST],
    );
}

#[test]
fn d15_unclosed_array_on_one_line() {
    check(
        &document("args = [\"a\", \"b\""),
        &[("[", "this array is not closed: add a ']'")],
        &[("step.0.args", "[2]"), LAST],
    );
}

#[test]
fn d16_unclosed_array_before_a_header() {
    check(
        &document("last = \"kept\"\nargs = [\n  \"a\",\n\n[[step]]\nname = \"mid\""),
        &[("[", "this array is not closed: add a ']'")],
        &[("step.0.args", "[1]"), ("step.1.name", "\"mid\""), LAST],
    );
}

#[test]
fn d17_bare_value() {
    check(
        &document("run = echo hi"),
        &[("echo hi", "a text needs quotes")],
        &[("step.0.run", "?"), LAST],
    );
}

#[test]
fn d18_missing_equals() {
    check(
        &document("run \"echo\""),
        &[(
            "run \"echo\"",
            "expected '=' between the key 'run' and its value",
        )],
        &[("step.0.run", "\"echo\""), LAST],
    );
}

#[test]
fn d19_junk_after_a_value() {
    check(
        &document("run = \"echo\" junk = 1"),
        &[("junk = 1", "'junk = 1' does not belong here")],
        &[("step.0.run", "\"echo\""), LAST],
    );
}

#[test]
fn d20_duplicate_table() {
    check(
        &document("last = \"kept\"\n[vars]\nport = 1"),
        &[("vars", "the table 'vars' is defined twice")],
        &[("vars.port", "1"), LAST],
    );
}

#[test]
fn d21_half_typed_key_in_an_inline_table() {
    check(
        &document("env = { A = \"1\", B }"),
        &[("B", "expected '=' and a value after the key 'B'")],
        &[("step.0.env.A", "\"1\""), ("step.0.env.B", "?"), LAST],
    );
}

#[test]
fn d22_unclosed_string_in_an_inline_table() {
    check(
        &document("env = {\n  A = \"1,\n  B = \"2\",\n}"),
        &[("\"1,", "this string is not closed")],
        &[("step.0.env.A", "\"1,\""), ("step.0.env.B", "\"2\""), LAST],
    );
}

#[test]
fn d23_unclosed_string_with_crlf() {
    check(
        &document("run = \"echo ${secret:").replace('\n', "\r\n"),
        &[("\"echo ${secret:", "this string is not closed")],
        &[("step.0.run", "\"echo ${secret:\""), LAST],
    );
}

#[test]
fn d24_unclosed_quoted_key() {
    check(
        &document("\"k = 1"),
        &[("\"k = 1", "this string is not closed")],
        &[("step.0.k = 1", "?"), LAST],
    );
}

#[test]
fn d25_stray_brackets() {
    check(
        &document("]\nrun = \"x\"\n}"),
        &[
            (
                "]",
                "']' does not belong here: a line starts with a key or a header",
            ),
            ("}", "'}' does not belong here"),
        ],
        &[("step.0.run", "\"x\""), LAST],
    );
}

/// Everything that looks like a statement but is none, and one unrelated half-typed key.
#[test]
fn what_only_looks_like_a_statement_is_not_split() {
    let script = "cat > x.toml <<'EOF'\n[[step]]\nid = \"inner\"\n[vars]\nEOF\nx=1\n\
                  if [[ -n \"$x\" ]]; then\n[[ -n \"$x\" ]]\nfi\n";
    let matrix = "matrix = [\n[\"a\", \"b\"],\n[1],\n[[2]],\n]";
    for half_typed_before in [true, false] {
        let rest = format!("{matrix}\nscript = '''\n{script}'''");
        let damage = match half_typed_before {
            true => format!("na\n{rest}"),
            false => format!("{rest}\nna"),
        };
        let script = format!("{script:?}");
        check(
            &document(&damage),
            &[("na", "expected '=' and a value after the key 'na'")],
            &[("step.0.matrix", "[3]"), ("step.0.script", &script), LAST],
        );
    }
}

/// The next step's own `"""` seems to close the string: what comes after it tells that it does not.
#[test]
fn an_unclosed_string_does_not_turn_the_following_ones_inside_out() {
    let later = "[[step]]\nname = \"three\"\nrun = \"\"\"\necho a\necho b\n\"\"\"\n";
    for (quotes, steps) in [("\"\"\"", 1), ("\"\"\"", 2), ("'''", 2)] {
        let text = document(&format!("run = {quotes}\necho"))
            + &later.replace("\"\"\"", quotes).repeat(steps);
        let tree = parse(&text);
        assert_eq!(tree.errors.len(), 1, "{:#?}", tree.errors);
        assert_eq!(tree.errors[0].span.start, text.find(quotes).expect("there"));
        assert_eq!(tree.tables.len(), 3 + steps);
        let leaves = leaves(&tree);
        assert_eq!(leaf(&leaves, "step.2.run"), Some("\"echo a\\necho b\\n\""));
    }
}

#[test]
fn indented_steps_recover_as_well() {
    let text = document("env = {\n  A = \"1\"\nrun = \"x\"");
    let indented: String = text.lines().map(|line| format!("    {line}\n")).collect();
    check(
        &indented,
        &[("{", "inline table is not closed")],
        &[("step.0.env.A", "\"1\""), ("step.0.run", "\"x\""), LAST],
    );
}

#[test]
fn half_typed_things_in_inline_tables_leave_the_others_alone() {
    for damage in ["B = ", "B", "B.", "B ="] {
        check(
            &document(&format!("env = {{ A = \"1\", {damage}, C = \"3\" }}")),
            &[(damage.trim_end(), "")],
            &[("step.0.env.A", "\"1\""), ("step.0.env.C", "\"3\""), LAST],
        );
        check(
            &document(&format!(
                "env = {{\n  A = \"1\",\n  {damage}\n  C = \"3\"\n}}"
            )),
            &[(damage.trim_end(), ""), ("C", "',' is missing")],
            &[("step.0.env.A", "\"1\""), ("step.0.env.C", "\"3\""), LAST],
        );
    }
}
