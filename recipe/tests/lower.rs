//! From texts to the model: what is understood, and what is recorded as a problem.

use std::sync::Arc;

use recipe::model::{Arg, Problem};
use recipe::{Analyser, Analysis};

fn analyse(text: &str) -> Analysis {
    Analyser::default().analyse(Arc::from(text), Some("x.recipe.toml"))
}

/// The problems of `text`, each as its kind and the text at its place.
fn problems(text: &str) -> Vec<(String, String)> {
    let analysis = analyse(text);
    let describe = |problem: &Problem| match problem {
        Problem::UnknownKey { key, owner, .. } => (format!("unknown in {owner}"), key.span),
        Problem::MissingKey { span, owner, spec } => {
            (format!("missing {} in {owner}", spec.name), *span)
        }
        Problem::WrongType {
            span,
            name,
            found,
            quotable,
            ..
        } => {
            let quotable = if *quotable { ", quotable" } else { "" };
            (format!("{name} is {found}{quotable}"), *span)
        }
        Problem::NotAmong { value, name, .. } => (format!("{name} not among"), value.span),
        Problem::OutOfRange { span, name, .. } => (format!("{name} out of range"), *span),
        Problem::NotExactlyOne {
            span, owner, extra, ..
        } => (format!("{owner} with {} extra", extra.len()), *span),
        Problem::WrongHeader { span, right } => (format!("write {right}"), *span),
    };
    let all = analysis.recipe.problems.iter().map(describe);
    all.map(|(what, span)| (what, text[span.range()].to_owned()))
        .collect()
}

fn check(text: &str, expected: &[(&str, &str)]) {
    let seen = problems(text);
    let seen: Vec<(&str, &str)> = seen.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(seen, expected, "{text}");
}

const HEAD: &str = "[recipe]\nname = \"x\"\n";

#[test]
fn a_step_can_be_written_in_every_way() {
    for step in [
        "[[step]]\nid = \"a\"\nssh_command = { command = \"x\", env = { K = \"v\" } }\n",
        "[[step]]\nid = \"a\"\n[step.ssh_command]\ncommand = \"x\"\nenv = { K = \"v\" }\n",
        "[[step]]\nid = \"a\"\n[step.ssh_command]\ncommand = \"x\"\n[step.ssh_command.env]\nK = \"v\"\n",
        "[[step]]\nid = \"a\"\nssh_command.command = \"x\"\nssh_command.env.K = \"v\"\n",
        "[[step]]\nid = \"a\"\nssh_command = {\n  command = \"x\",\n  env = { K = \"v\", },\n}\n",
        "[[step]]\n[step.ssh_command.env]\nK = \"v\"\n[step.ssh_command]\ncommand = \"x\"\n",
    ] {
        let analysis = analyse(&format!("{HEAD}{step}"));
        let operation = analysis.recipe.steps[0].operation().expect(step);
        assert_eq!(
            operation.fields.text("command").expect(step).as_str(),
            "x",
            "{step}"
        );
        let [(key, value)] = operation.fields.map("env") else {
            panic!("{step}");
        };
        assert_eq!((key.value.as_str(), value.as_str()), ("K", "v"), "{step}");
        assert!(
            analysis.tree.errors.is_empty(),
            "{step}: {:?}",
            analysis.tree.errors
        );
    }
    let inline = analyse(
        "recipe = { name = \"x\" }\nstep = [{ id = \"a\", sleep = { duration_secs = 1 } }]\n",
    );
    assert!(
        inline.recipe.problems.is_empty(),
        "{:?}",
        inline.recipe.problems
    );
    assert_eq!(inline.recipe.steps.len(), 1);
}

#[test]
fn keys_that_the_language_does_not_have_are_problems() {
    check(
        &format!(
            "{HEAD}nme = 1\n[[step]]\nid = \"a\"\ndepends = []\nsleep = {{ secs = 1 }}\n[extra]\n"
        ),
        &[
            ("unknown in [recipe]", "nme"),
            ("unknown in a step", "depends"),
            ("missing duration_secs in 'sleep'", "{ secs = 1 }"),
            ("unknown in 'sleep'", "secs"),
            ("unknown in a recipe", "extra"),
        ],
    );
}

#[test]
fn a_misspelt_operation_is_one_problem() {
    check(
        &format!("{HEAD}[[step]]\nid = \"a\"\nrun_comands = {{ commands = \"x\" }}\n"),
        &[("unknown in a step", "run_comands")],
    );
    check(
        &format!("{HEAD}[[step]]\nid = \"a\"\n"),
        &[("this step with 0 extra", "[[step]]")],
    );
    check(
        &format!("{HEAD}[[step]]\nid = \"a\"\nvast_stop = {{}}\nvast_start = {{}}\n"),
        &[("this step with 1 extra", "vast_stop")],
    );
}

#[test]
fn values_of_wrong_types_are_problems() {
    check(
        &format!(
            "{HEAD}[variables]\na = 1\nb = true\nc = []\n[[step]]\nid = 7\nsleep = {{ duration_secs = \"1\" }}\n\
             timeout_secs = 0\ndepends_on = \"a\"\ncontinue_on_failure = \"no\"\n"
        ),
        &[
            ("a is an integer, quotable", "1"),
            ("b is a boolean, quotable", "true"),
            ("c is an array", "[]"),
            ("id is an integer, quotable", "7"),
            ("duration_secs is a string", "\"1\""),
            ("timeout_secs out of range", "0"),
            ("depends_on is a string", "\"a\""),
            ("continue_on_failure is a string", "\"no\""),
        ],
    );
    check(
        &format!(
            "{HEAD}[target]\ntype = \"vats\"\nmin_memory_gb = 0.0\n[[step]]\nid = \"s\"\nvast_stop = 1\n"
        ),
        &[
            ("type not among", "vats"),
            ("min_memory_gb out of range", "0.0"),
            ("vast_stop is an integer", "1"),
        ],
    );
}

#[test]
fn headers_in_the_wrong_form_are_understood_and_reported() {
    let text = "[[recipe]]\nname = \"x\"\n[step]\nid = \"a\"\nvast_stop = {}\n";
    check(
        text,
        &[
            ("write [recipe]", "[[recipe]]"),
            ("write [[step]]", "[step]"),
        ],
    );
    assert_eq!(analyse(text).recipe.steps.len(), 1);
    check(
        "[[step]]\nid = \"a\"\nvast_stop = {}\n",
        &[("missing name in [recipe]", "")],
    );
}

#[test]
fn conditions_nest() {
    let condition =
        |text: &str| format!("{HEAD}[[step]]\nid = \"a\"\nassert = {{ condition = {text} }}\n");
    for good in [
        "\"always\"",
        "{ file_exists = { path = \"/x\" } }",
        "{ not = { and = [{ var_equals = { name = \"a\", value = \"b\" } }, \"never\"] } }",
    ] {
        check(&condition(good), &[]);
    }
    check(&condition("\"alway\""), &[("condition not among", "alway")]);
    check(
        &condition("{ not = { or = [{ file_exist = { path = \"/x\" } }] } }"),
        &[("unknown in 'or'", "file_exist")],
    );
    check(&condition("{}"), &[("'condition' with 0 extra", "{}")]);
    let deep = format!("{}\"always\"{}", "{ not = ".repeat(70), " }".repeat(70));
    assert_eq!(problems(&condition(&deep)).len(), 1);
}

#[test]
fn references_know_their_place_in_every_kind_of_string() {
    let text = format!(
        "{HEAD}[variables]\na = \"\\u0024{{secret:x}} é${{b}}\"\nb = 'y${{c}}'\nc = \"\"\"\r\n  \\\n  ${{secret:m/n}}\"\"\"\nd = '''${{a}}'''\n"
    );
    let analysis = analyse(&text);
    let mut seen = Vec::new();
    for variable in &analysis.recipe.variables {
        for reference in &variable.value.as_ref().expect("a string").references {
            seen.push((
                &text[reference.span.range()],
                &text[reference.name_span.range()],
            ));
        }
    }
    assert_eq!(
        seen,
        [
            ("\\u0024{secret:x}", "x"),
            ("${b}", "b"),
            ("${c}", "c"),
            ("${secret:m/n}", "m/n"),
            ("${a}", "a"),
        ]
    );
}

#[test]
fn values_that_name_steps_and_variables_are_read() {
    let analysis = analyse(&format!(
        "{HEAD}[[step]]\nid = \"a\"\nget_value = {{ source = {{ step_output = \"b\" }}, var_name = \"v\" }}\n\
         [[step]]\nid = \"b\"\nget_value = {{ source = {{ var = \"v\" }}, var_name = \"w\" }}\n"
    ));
    assert!(
        analysis.recipe.problems.is_empty(),
        "{:?}",
        analysis.recipe.problems
    );
    assert_eq!(analysis.names.steps["b"].uses.len(), 1);
    assert_eq!(analysis.names.variables["v"].uses.len(), 1);
    assert!(analysis.names.is_set_by_step("v") && analysis.names.is_set_by_step("w"));
    let source = analysis.recipe.steps[0]
        .operation()
        .expect("one")
        .fields
        .get("source");
    assert!(
        matches!(&source.expect("a source").value, Arg::Variant(name, _) if name.value == "step_output")
    );
}
