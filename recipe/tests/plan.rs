//! From texts to plans: what a run would do, and what it refuses.

use std::fmt::Write as _;
use std::sync::Arc;

use expect_test::{Expect, expect};
use recipe::plan::{Action, Piece, Plan, Template};
use recipe::{Analyser, PlanError, PlanOptions, plan};

fn planned(text: &str, options: &PlanOptions) -> Result<Plan, PlanError> {
    let analysis = Analyser::default().analyse(Arc::from(text), Some("x.recipe.toml"));
    plan(&analysis, options)
}

/// The plan of `text` in a few words.
fn check(text: &str, options: &PlanOptions, expected: Expect) {
    let shown = match planned(text, options) {
        Ok(plan) => describe(&plan),
        Err(PlanError::CommandLine(message)) => format!("command line: {message}\n"),
        Err(PlanError::Variables(missing)) => missing.iter().fold(String::new(), |mut all, it| {
            writeln!(all, "command line: {it}").expect("a string");
            all
        }),
        Err(PlanError::Recipe(errors)) => errors.iter().fold(String::new(), |mut all, error| {
            let place = &text[error.span.range()];
            writeln!(all, "{} at {place:?}: {}", error.code, error.message).expect("a string");
            all
        }),
    };
    expected.assert_eq(&shown);
}

fn describe(plan: &Plan) -> String {
    let mut out = String::new();
    for (name, value) in &plan.initial {
        writeln!(out, "{name} = {}", template(value)).expect("a string");
    }
    for step in &plan.steps {
        write!(out, "{}:{} needs {:?}", step.line, step.id, step.needs).expect("a string");
        if let Some(limit) = step.timeout {
            write!(out, " within {limit:?}").expect("a string");
        }
        if let Some(when) = &step.when {
            let operands: Vec<String> = when.operands.iter().map(template).collect();
            write!(out, " when {:?} {operands:?}", when.expression).expect("a string");
        }
        out.push('\n');
        match &step.action {
            Action::Command(command) => {
                write!(out, "  on {}", template(&command.host)).expect("a string");
                if let Some(session) = &command.tmux_session {
                    write!(out, " in tmux {}", template(session)).expect("a string");
                }
                writeln!(out, ": {}", command.script.text).expect("a string");
                writeln!(
                    out,
                    "  shown: {}",
                    plan.written(&command.script.source, None)
                )
                .expect("a string");
                for (name, value) in command.script.bindings.iter().chain(&command.env) {
                    writeln!(out, "  {name} = {}", template(value)).expect("a string");
                }
            }
            Action::SetVar { name, value } => {
                writeln!(out, "  {name} := {}", template(value)).expect("a string");
            }
            Action::Sleep(time) => writeln!(out, "  sleep {time:?}").expect("a string"),
        }
    }
    out
}

fn template(template: &Template) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Secret(name) => format!("<secret {name}>"),
        other => format!("<{other:?}>"),
    };
    template.0.iter().map(piece).collect()
}

fn vars(pairs: &[(&str, &str)]) -> PlanOptions {
    let vars = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    PlanOptions {
        vars: vars.collect(),
        ..PlanOptions::default()
    }
}

const HEAD: &str = "[recipe]\nname = \"x\"\n";

#[test]
fn text_is_pasted_and_data_becomes_expansions() {
    let text = r#"
[recipe]
name = "x"
[variables]
FLAGS = "-l *.txt"
HEADER = "Bearer ${secret:a/b}"
[[step]]
id = "one"
ssh_command = { command = "ls ${FLAGS} ${HOME}; curl -H \"${HEADER}\" ${target}", env = { T = "<${secret:c}>" } }
"#;
    check(
        text,
        &PlanOptions::default(),
        expect![[r#"
        7:one needs []
          on <Target>: ls -l *.txt ${HOME}; curl -H "Bearer ${DOPPIO_VALUE_1}" "${DOPPIO_VALUE_2}"
          shown: ls -l *.txt ${HOME}; curl -H "Bearer ${secret:a/b}" ${target}
          DOPPIO_VALUE_1 = <secret a/b>
          DOPPIO_VALUE_2 = <Target>
          T = <<secret c>>
    "#]],
    );
}

#[test]
fn a_variable_that_a_step_sets_is_data_everywhere() {
    let text = r#"
[recipe]
name = "x"
[variables]
V = "first ${target}"
[[step]]
id = "one"
ssh_command = { command = "hostname", capture_output = "V", timeout_secs = 9 }
timeout_secs = 5
[[step]]
id = "two"
depends_on = ["one"]
when = "${V} == 'a' || ${step.one.exit_code} != 0"
ssh_command = { command = "echo '${V}' ${step.one.output} ${V}" }
"#;
    check(
        text,
        &PlanOptions::default(),
        expect![[r#"
        V = first <Target>
        6:one needs [] within 5s
          on <Target>: hostname
          shown: hostname
        10:two needs [0] when Or(Compare { left: Reference(0), right: Text("a"), equal: true }, Compare { left: Reference(1), right: Text("0"), equal: false }) ["<Variable(\"V\")>", "<StepExitCode(0)>"]
          on <Target>: echo ''"${DOPPIO_VALUE_1}"'' "${DOPPIO_VALUE_2}" "${DOPPIO_VALUE_1}"
          shown: echo '${V}' ${step.one.output} ${V}
          DOPPIO_VALUE_1 = <Variable("V")>
          DOPPIO_VALUE_2 = <StepOutput(0)>
    "#]],
    );
}

#[test]
fn backslashes_keep_references_as_text_outside_single_quotes() {
    let text = format!(
        "{HEAD}[variables]\nA = \"1\"\n[[step]]\nid = \"s\"\nssh_command = {{ command = '''\n\
         echo \\${{A}} \\\\${{A}} '\\${{A}}' $${{A}}''' }}\n"
    );
    check(
        &text,
        &PlanOptions::default(),
        expect![[r#"
        5:s needs []
          on <Target>: echo \${A} \\1 '\1' ${A}
          shown: echo \${A} \\1 '\1' ${A}
    "#]],
    );
}

#[test]
fn lines_of_a_file_from_windows_end_as_a_shell_wants_them() {
    let text = format!(
        "{HEAD}[[step]]\nid = \"s\"\nssh_command = {{ command = \"\"\"\nls\necho ${{target}}\nprintf '\\r\\n'\"\"\" }}\n"
    );
    let plan = planned(&text.replace('\n', "\r\n"), &PlanOptions::default()).expect("sound");
    let Action::Command(command) = &plan.steps[0].action else {
        panic!("a command");
    };
    assert_eq!(
        command.script.text,
        "ls\necho \"${DOPPIO_VALUE_1}\"\nprintf '\r\n'"
    );
}

#[test]
fn the_command_line_replaces_values_without_scanning_them() {
    let text = format!(
        "{HEAD}[variables]\nA = \"1\"\nB = \"<${{A}}>\"\n[[step]]\nid = \"s\"\n\
         set_var = {{ name = \"C\", value = \"${{B}}\" }}\n"
    );
    check(
        &text,
        &vars(&[("A", "${secret:x}")]),
        expect![[r#"
        6:s needs []
          C := <${secret:x}>
    "#]],
    );
    check(
        &text,
        &vars(&[("AA", "")]),
        expect![[r#"
        command line: --var AA: the recipe has no variable of that name; did you mean 'A'?
    "#]],
    );
    check(
        &text,
        &vars(&[("C", "y")]),
        expect![[r#"
        C = y
        6:s needs []
          C := <1>
    "#]],
    );
}

#[test]
fn quoting_is_judged_again_with_the_values_of_the_command_line() {
    let text = format!(
        "{HEAD}[variables]\nQ = \"x\"\n[[step]]\nid = \"s\"\n\
         ssh_command = {{ command = \"echo ${{Q}} ${{secret:a}}\" }}\n"
    );
    assert!(planned(&text, &PlanOptions::default()).is_ok());
    let broken = planned(&text, &vars(&[("Q", "$((")]));
    let Err(PlanError::Recipe(errors)) = broken else {
        panic!("{broken:?}");
    };
    assert_eq!(errors[0].code, "shell-quoting");
}

#[test]
fn what_cannot_be_executed_is_refused_by_name_and_place() {
    let text = format!(
        "{HEAD}[target]\nmin_gpus = 2\n[[step]]\nid = \"n\"\nnotify = {{ title = \"x\" }}\n\
         [[step]]\nid = \"t\"\nrun_commands = {{ commands = \"x\", tmux_mode = \"existing\", session_name = \"s\" }}\n"
    );
    check(
        &text,
        &PlanOptions::default(),
        expect![[r#"
        not-executable at "min_gpus": this version of Doppio cannot execute 'min_gpus' of [target] yet; nothing was run
        not-executable at "notify": this version of Doppio cannot execute the operation 'notify' of step 'n' yet; nothing was run
        not-executable at "existing": this version of Doppio cannot execute tmux_mode = "existing" of step 't' yet; nothing was run
    "#]],
    );
}

const CHAIN: &str = r#"
[recipe]
name = "x"
[[step]]
id = "a"
ssh_command = { command = "x", capture_output = "V" }
[[step]]
id = "b"
depends_on = ["a"]
sleep = { duration_secs = 1 }
[[step]]
id = "c"
depends_on = ["b"]
ssh_command = { command = "${V} ${step.a.output}" }
"#;

fn select(only: &[&str], from: Option<&str>, given: &[(&str, &str)]) -> PlanOptions {
    PlanOptions {
        only: only.iter().map(|id| (*id).to_owned()).collect(),
        from: from.map(str::to_owned),
        ..vars(given)
    }
}

#[test]
fn what_is_no_recipe_has_no_plan() {
    let analysis = Analyser::default().analyse(Arc::from("a = 1\n"), Some("a.toml"));
    let refused = plan(&analysis, &PlanOptions::default());
    assert!(matches!(refused, Err(PlanError::CommandLine(why)) if why.contains("no recipe")));
}

#[test]
fn steps_can_be_chosen() {
    check(
        CHAIN,
        &select(&["c", "a"], None, &[]),
        expect![[r#"
        4:a needs []
          on <Target>: x
          shown: x
        11:c needs [0]
          on <Target>: "${DOPPIO_VALUE_1}" "${DOPPIO_VALUE_2}"
          shown: ${V} ${step.a.output}
          DOPPIO_VALUE_1 = <Variable("V")>
          DOPPIO_VALUE_2 = <StepOutput(0)>
    "#]],
    );
    check(
        CHAIN,
        &select(&[], Some("b"), &[]),
        expect![[r#"
        command line: step 'c' needs the variable 'V', which no step of this run makes; give it with --var V=…
    "#]],
    );
    check(
        CHAIN,
        &select(&[], Some("b"), &[("V", "1")]),
        expect![[r#"
        command line: step 'c' needs the result of step 'a', which no step of this run makes; add --step a
    "#]],
    );
    check(
        CHAIN,
        &select(&["bb"], None, &[]),
        expect![[r#"
        command line: --step bb: the recipe has no step of that id; did you mean 'b'?
    "#]],
    );
}

#[test]
fn variables_that_double_one_another_do_not_fill_the_memory() {
    let mut text = format!("{HEAD}[variables]\nv0 = \"xxxxxxxx\"\n");
    for index in 1..60 {
        writeln!(text, "v{index} = \"${{v{0}}}${{v{0}}}\"", index - 1).expect("a string");
    }
    text.push_str("[[step]]\nid = \"s\"\nssh_command = { command = \"${v59}\" }\n");
    let analysis = Analyser::default().analyse(Arc::from(text), None);
    assert!(!analysis.variables.too_long.is_empty());
}

#[test]
fn a_chain_longer_than_the_stack_is_resolved() {
    let mut text = format!("{HEAD}[variables]\nv0 = \"end\"\n");
    for index in 1..30_000 {
        writeln!(text, "v{index} = \"${{v{}}}\"", index - 1).expect("a string");
    }
    text.push_str("[[step]]\nid = \"s\"\nset_var = { name = \"r\", value = \"${v29999}\" }\n");
    let plan = planned(&text, &PlanOptions::default()).expect("sound");
    let Action::SetVar { value, .. } = &plan.steps[0].action else {
        panic!("a set_var");
    };
    assert_eq!(value.as_text(), Some("end"));
}

#[test]
fn cycles_of_variables_are_found_once() {
    let text = format!(
        "{HEAD}[variables]\na = \"${{b}}\"\nb = \"${{c}}\"\nc = \"${{b}}\"\nd = \"${{d}}\"\n"
    );
    let analysis = Analyser::default().analyse(Arc::from(text), None);
    assert_eq!(
        analysis.variables.cycles,
        [vec!["b".to_owned(), "c".to_owned()], vec!["d".to_owned()]]
    );
}
