//! The repairs that shellcheck proposes, made in the strings that its scripts come from.

mod common;

use std::sync::Arc;

use common::apply;
use common::shellcheck::{analyse, diagnostics, of_corpus};
use recipe::Facts;
use recipe::diagnostic::Diagnostic;
use recipe::remarks::{Remark, Replacement};

fn recipe(command: &str) -> String {
    format!(
        "[recipe]\nname = \"x\"\n[variables]\ndir = \"a b\"\nfiles = \"$FILES\"\nargs = \"-l $FILES\"\n\
         [[step]]\nid = \"a\"\nssh_command = {{ command = {command} }}\n"
    )
}

/// The title of the one repair of `command`, a TOML string, and what it makes of that.
#[track_caller]
fn check(command: &str, expected: Option<(&str, &str)>) {
    let text = recipe(command);
    let found = diagnostics(&text);
    let said: Vec<&Diagnostic> = found.iter().filter(|it| it.code == "shellcheck").collect();
    assert!(
        !said.is_empty(),
        "shellcheck has something to say of {command}"
    );
    let fixes: Vec<_> = said.iter().flat_map(|it| &it.fixes).collect();
    let made = fixes
        .iter()
        .map(|fix| (fix.title.as_str(), apply(&text, [*fix])));
    let made: Vec<(&str, String)> = made.collect();
    let expected = expected.map(|(title, command)| (title, recipe(command)));
    assert_eq!(made, Vec::from_iter(expected), "{command}");
}

#[test]
fn a_repair_is_spelled_as_its_string_is() {
    check(
        r#""ls $A""#,
        Some((r#"Change to '"$A"'"#, r#""ls \"$A\"""#)),
    );
    check("'ls $A'", Some((r#"Change to '"$A"'"#, r#"'ls "$A"'"#)));
    check(
        "\"\"\"\nls \\\n   $A\n\"\"\"",
        Some((r#"Change to '"$A"'"#, "\"\"\"\nls \\\n   \"$A\"\n\"\"\"")),
    );
    check(
        "'''\nls $A\n'''",
        Some((r#"Change to '"$A"'"#, "'''\nls \"$A\"\n'''")),
    );
    // Escapes before it and in it, and letters of more than one byte.
    check(
        r#""echo \"\u00e4\U0001F600\"\n\tls \u0024A; echo""#,
        Some((
            r#"Change to '"$A"'"#,
            r#""echo \"\u00e4\U0001F600\"\n\tls \"\u0024A\"; echo""#,
        )),
    );
    check(
        r#""x=`date`; export x""#,
        Some(("Change to '$(date)'", r#""x=$(date); export x""#)),
    );
}

#[test]
fn a_reference_of_ours_stays_as_it_is() {
    check(
        r#""cd ${dir}/x""#,
        Some((
            "Change to 'cd ${dir}/x || exit'",
            r#""cd ${dir}/x || exit""#,
        )),
    );
    check(
        r#""ls $A/${dir}""#,
        Some((r#"Change to '"$A"'"#, r#""ls \"$A\"/${dir}""#)),
    );
    check(
        r#""ls $A --token-file=${secret:a/b}""#,
        Some((
            r#"Change to '"$A"'"#,
            r#""ls \"$A\" --token-file=${secret:a/b}""#,
        )),
    );
    check(
        r#""cd ${dir}""#,
        Some(("Change to 'cd ${dir} || exit'", r#""cd ${dir} || exit""#)),
    );
    check(
        r#""ls ${files}""#,
        Some((r#"Change to '"${files}"'"#, r#""ls \"${files}\"""#)),
    );
    // What is to be put in quotes stands within the variable.
    check(r#""ls ${args}""#, None);
    check(
        r#""echo `${dir}` >x""#,
        Some(("Change to '$(${dir})'", r#""echo $(${dir}) >x""#)),
    );
}

#[test]
fn the_repairs_of_ordinary_scripts_make_what_shellcheck_wants() {
    let mut tried = 0;
    for (script, remark) in of_corpus() {
        if remark.fix.is_empty() {
            continue;
        }
        let basic = format!("\"\"\"\n{}\"\"\"", recipe::replace::escaped(&script));
        for command in [format!("'''\n{script}'''"), basic] {
            let text = recipe(&command);
            let facts = Facts {
                remarks: Arc::new([(script.clone(), [remark.clone()].into())].into()),
                ..Facts::default()
            };
            let found = analyse(&text).diagnostics(&facts);
            let mut said = found.iter().filter(|it| it.code == "shellcheck");
            let Some(fix) = said.next().and_then(|it| it.fixes.first()) else {
                continue; // It means nothing here.
            };
            let after = analyse(&apply(&text, [fix])).scripts();
            assert_eq!(
                Vec::from_iter(after),
                [repaired(&script, &remark)],
                "{}",
                fix.title
            );
            tried += 1;
        }
    }
    assert!(tried > 10, "only {tried} repairs were tried");
}

/// The script with the repair made, character by character.
fn repaired(script: &str, remark: &Remark) -> String {
    let mut made = String::new();
    let (mut line, mut column) = (1, 1);
    for c in script.chars() {
        let is_gone = |it: &Replacement| it.start <= (line, column) && (line, column) < it.end;
        for part in remark.fix.iter().filter(|it| it.start == (line, column)) {
            made += &part.text;
        }
        if !remark.fix.iter().any(is_gone) {
            made.push(c);
        }
        (line, column) = if c == '\n' {
            (line + 1, 1)
        } else {
            (line, column + 1)
        };
    }
    made
}
