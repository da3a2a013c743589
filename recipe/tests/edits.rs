//! Analysing after an edit is analysing the edited text, whatever the edit.

mod common;

use proptest::prelude::*;
use recipe::Analyser;

use common::examples;
use common::said::said;

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
    "\n[",
    "\n[[st",
    "\n[[step",
    "\n[[step]",
    "\n[step",
    "\n[[]]\n",
    "\n[variables",
    "\n[recipe]\n",
    "\n[target]\ntype = \"local\"\n",
    "\n[step.run_commands]\n",
    "\nx = \"${secret:a/b}\"\n",
    "\ny = \"${x} ${out}\"\n",
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
    "# doppio: allow(older-doppio, secret-printed)\n",
    "\n# doppio: allow(unknown-variable)\n",
    "ghp_0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R",
    "~user/$HOME",
    "when = \"${step.one.exit_code} == 1\"",
    "group = { steps = [\"one\", \"two\"] }",
];

/// Names that steps share, and what people make of them: the meaning of one step's texts changes with
/// what another defines.
const NAMES: &[&str] = &[
    "one",
    "two",
    "three",
    "x",
    "y",
    "z",
    "out",
    "secret:a/b",
    "group",
    "sleep",
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

/// Steps whose names mean something to one another, with something to say about most.
const SHARED: &str = r#"# doppio: allow(older-doppio)
[recipe]
name = "shared"

[[step]]
id = "one"
run_commands = { commands = "curl -H ${secret:a/b} ${x} ${z}; x=1; echo ${x}", capture_output = "out" }

[[step]]
id = "two"
depends_on = ["one"]
when = "${step.one.exit_code} == 1"
run_commands = { commands = """
export T=ghp_0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R
echo "${out}" '${step.one.output}' ${y} (
""", env = { A = "${x}", B = "${secret:a/b}" } }

[variables]
x = "1"
y = "a ${out} b"
token = "${secret:a/b}"

[[step]]
id = "three"
# doppio: allow(secret-printed)
run_commands = { commands = "echo ${token} $B", env = { B = "${y}" }, session_name = "a.b", tmux_mode = "new" }

[[step]]
id = "four"
retry = { max_attempts = 1 }
group = { steps = ["one", "two"] }

[[step]]
id = "five"
depends_on = ["four", "one"]
tmux_send = { session_name = "${y}", keys = "${out} ${token} ${step.four.output}" }
"#;

/// What somebody does.
#[derive(Clone, Debug)]
enum Edit {
    /// Replaces so many bytes at a place.
    Type(prop::sample::Index, usize, &'static str),
    /// Makes one name, at one of the places it stands at, another.
    Rename(prop::sample::Index, &'static str, &'static str),
    /// Takes out the lines between two places, and puts them in at a third, or nowhere.
    Move(
        prop::sample::Index,
        prop::sample::Index,
        Option<prop::sample::Index>,
    ),
    /// Puts the lines between two places in at a third.
    Copy(
        prop::sample::Index,
        prop::sample::Index,
        prop::sample::Index,
    ),
    /// Makes it what it was before everything.
    Undo,
}

impl Edit {
    fn any() -> impl Strategy<Value = Self> {
        let place = any::<prop::sample::Index>;
        let name = || prop::sample::select(NAMES);
        prop_oneof![
            (place(), 0..6_usize, prop::sample::select(TYPED))
                .prop_map(|(place, deleted, typed)| Self::Type(place, deleted, typed)),
            (place(), name(), name()).prop_map(|(place, old, new)| Self::Rename(place, old, new)),
            (place(), place(), prop::option::of(place()))
                .prop_map(|(one, other, to)| Self::Move(one, other, to)),
            (place(), place(), place()).prop_map(|(one, other, to)| Self::Copy(one, other, to)),
            Just(Self::Undo),
        ]
    }

    fn apply(self, text: &mut String, first: &str) {
        let lines = |text: &str| -> Vec<usize> {
            let ends = text.match_indices('\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(ends).collect()
        };
        let between = |text: &str, one: &prop::sample::Index, other: &prop::sample::Index| {
            let lines = lines(text);
            let (one, other) = (*one.get(&lines), *other.get(&lines));
            one.min(other)..one.max(other)
        };
        match self {
            Self::Type(place, deleted, typed) => {
                let start = text.floor_char_boundary(place.index(text.len() + 1));
                let end = text.ceil_char_boundary(start + deleted);
                let typed = if deleted % 2 == 0 { typed } else { "" };
                text.replace_range(start..end, typed);
            }
            Self::Rename(place, old, new) => {
                let places: Vec<usize> = text.match_indices(old).map(|(at, _)| at).collect();
                if !places.is_empty() {
                    let start = *place.get(&places);
                    text.replace_range(start..start + old.len(), new);
                }
            }
            Self::Move(one, other, to) => {
                let moved: String = text.drain(between(text, &one, &other)).collect();
                if let Some(to) = to {
                    text.insert_str(*to.get(&lines(text)), &moved);
                }
            }
            Self::Copy(one, other, to) => {
                let copied = text[between(text, &one, &other)].to_owned();
                text.insert_str(*to.get(&lines(text)), &copied);
            }
            Self::Undo => first.clone_into(text),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn an_edited_recipe_is_as_if_opened_anew(
        which in any::<prop::sample::Index>(),
        // Not after each edit does somebody ask.
        edits in prop::collection::vec((Edit::any(), any::<bool>()), 1..12),
    ) {
        let mut texts = vec![FORMS.to_owned(), SHARED.to_owned()];
        texts.extend([FORMS.replace('\n', "\r\n"), SHARED.replace('\n', "\r\n")]);
        texts.extend(examples().into_iter().map(|(_, text)| text));
        texts.push(FORMS[FORMS.find("[[step]]").expect("a step")..].to_owned());
        let first = which.get(&texts);
        let mut text = first.clone();
        let mut analyser = Analyser::default();
        let mut analysis = analyser.analyse(text.as_str().into(), None);
        for (edit, is_asked) in edits {
            edit.clone().apply(&mut text, first);
            analysis = analyser.analyse_again(analysis, text.as_str().into(), None);
            if !is_asked {
                continue;
            }
            let anew = Analyser::default().analyse(text.as_str().into(), None);
            let (again, anew) = (said(&analysis), said(&anew));
            if again != anew {
                let differs = again.lines().zip(anew.lines()).enumerate().find(|(_, (a, b))| a != b);
                prop_assert!(false, "after {edit:?}: {differs:?}\n{text}");
            }
        }
    }
}
