//! Analysing after an edit is analysing the edited text, whatever the edit.

mod common;

use std::sync::Arc;

use proptest::prelude::*;
use recipe::{Analyser, Analysis, Facts};

use common::examples;

/// What people type, and what breaks a text in each way it can break.
const TYPED: &[&str] = &[
    "a",
    "x = 1",
    " ",
    "\n",
    "\r\n",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "[",
    "]",
    "{",
    "}",
    "=",
    ",",
    ".",
    "#",
    "\\",
    "é",
    "\u{feff}",
    "\u{7}",
    "[[",
    "[[step]]\n",
    "\n[[step]]\nid = \"new\"\n",
    "\n[step.env]\n",
    "\n[variables]\n",
    "\nstep = 1\n",
    "\nid = \"one\"\n",
    "\ndepends_on = [",
    "${secret:a/b}",
    "${secret:",
    "${x}",
    "${step.one.output}",
    "capture_output = \"x\"",
    "\nrun_commands = { commands = \"echo\" }\n",
    "\n'''\n[[step]]\n'''\n",
];

/// Steps in every form: inline, with headers of their own, with comments, indented.
const FORMS: &str = r#"# recipe
[recipe]
name = "forms"

[[step]] # first
id = "one"
run_commands = { commands = """
echo ${x} \
  [[step]]
""", env = { A = "${secret:a/b}" } }

[[step]]
id = "two"
depends_on = ["one"]
[step.ssh_command]
command = "echo ${step.one.output}"
[step.ssh_command.env]
B = 'b'

  [[step]]
  id = "three"
  set_var = { name = "y", value = "${x}" }

[variables]
x = "1"

[[step]]
id = "four"
when = "${y}"
sleep.duration_secs = 1
retry.max_attempts = 2
# end
"#;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn an_edited_recipe_is_as_if_opened_anew(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec(
            (any::<prop::sample::Index>(), 0..6_usize, prop::sample::select(TYPED)), 1..10,
        ),
    ) {
        let examples = examples().into_iter().map(|(_, text)| text);
        let texts: Vec<String> = examples.chain([FORMS.to_owned(), FORMS.replace('\n', "\r\n")]).collect();
        let mut text = which.get(&texts).clone();
        let mut analyser = Analyser::default();
        let mut analysis = analyser.analyse(text.as_str().into(), None);
        for (place, deleted, typed) in edits {
            let start = text.floor_char_boundary(place.index(text.len() + 1));
            let end = text.ceil_char_boundary(start + deleted);
            let typed = if deleted % 2 == 0 { typed } else { "" };
            text.replace_range(start..end, typed);
            let text: Arc<str> = text.as_str().into();
            analysis = analyser.analyse_again(analysis, text.clone(), None);
            let anew = Analyser::default().analyse(text.clone(), None);
            let (again, anew) = (said(&analysis), said(&anew));
            if again != anew {
                let differs = again.lines().zip(anew.lines()).enumerate().find(|(_, (a, b))| a != b);
                prop_assert!(false, "after {typed:?} at {start}..{end}: {differs:?}\n{text}");
            }
        }
    }
}

/// All that can be said of a recipe.
fn said(analysis: &Analysis) -> String {
    let values = analysis.names.variable_names();
    let values: Vec<_> = values.map(|name| analysis.variables.value(name)).collect();
    format!(
        "{}\n{:#?}\n{:#?}\n{:#?}\n{values:#?}\n{:#?}",
        analysis.is_recipe,
        analysis.tree,
        analysis.recipe,
        analysis.names,
        analysis.diagnostics(&Facts::default())
    )
}
