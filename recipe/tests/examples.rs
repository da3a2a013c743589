//! The recipes in `examples/`, whole, cut off and with lines taken out, and after random edits.

mod common;

use std::sync::Arc;

use common::{check, examples};
use expect_test::expect;
use proptest::prelude::*;
use recipe::checks::CHECKS;
use recipe::diagnostic::Severity;
use recipe::{Analyser, Facts, PlanOptions, Presence, Span, plan};

#[test]
fn the_examples_have_no_problems_but_what_they_show() {
    for (name, text) in examples() {
        if name == "broken.toml" {
            continue;
        }
        let worse = common::diagnostics(&text).into_iter().filter(|it| {
            // An existing recipe passes its token on as an argument, and says so.
            let shown = name == "drive.toml" && it.code == "secret-in-argument";
            it.severity <= Severity::Warning && !shown
        });
        assert_eq!(worse.collect::<Vec<_>>(), [], "{name}");
    }
}

#[test]
fn the_broken_example_shows_one_of_each_mistake() {
    let (_, text) = examples()
        .into_iter()
        .find(|(name, _)| name == "broken.toml")
        .expect("it is there");
    expect![[r#"
        7: error[unknown-key] "descripton" [recipe] has no key 'descripton'; did you mean 'description'?
           fix: Change to 'description'
        11: error[wrong-type] "3" 'epochs' must be a string, not an integer
           fix: Put it in quotes
        16: error[unknown-step] "prepair" no step has the id 'prepair'; did you mean 'prepare'?
           fix: Change to 'prepare'
        22: error[not-among] "nwe" 'tmux_mode' cannot be 'nwe'; did you mean 'new'? It is one of: none, new, existing
           fix: Change to 'new'
        26: error[duplicate-step-id] "prepare" another step has the id 'prepare' already: ids are unique, so that depends_on says which step it means
           "prepare" the first step with this id
           fix: Rename to 'prepare-2'
        27: error[wrong-type] "\"ten\"" 'duration_secs' must be an integer, not a string
        32: error[dependency-cycle] "egg" these steps wait for one another, so none of them can start: chicken → egg → chicken
           "egg" 'chicken' waits for 'egg'
           "chicken" 'egg' waits for 'chicken'
        43: error[unknown-variable] "fodler" no variable is named 'fodler'; did you mean 'folder'?
           fix: Change to 'folder'
           fix: Add 'fodler' to [variables]
        48: error[malformed-reference] "$<secret:github/token>" a secret is written ${secret:github/token}
           fix: Change to ${secret:github/token}
        53: hint[older-doppio] "\"${folder} == \"" older versions took a condition that cannot be read for one that does not hold, and skipped the step; now the recipe does not run
        53: error[malformed-when] "" expected a value: "text", a word or '${name}'
        60: error[operation-count] "sleep" a step does one thing: move 'sleep' to a [[step]] of its own that depends on this one
           "ssh_command" the first operation of the step
        65: error[missing-key] "{ session_name = \"train\" }" 'tmux_send' needs the key 'keys': what is typed, as written; each newline is Enter, and a final Enter is added unless the last line is `Enter`
           fix: Add 'keys'
        70: error[secret-not-allowed] "${secret:huggingface/token}" a secret cannot stand here: it would be shown, stored or passed as an argument. Secrets may stand in shell text, env, auth_token, and url, headers and body of http_request
        77: error[shell-quoting] "${secret:huggingface/token}" ${secret:huggingface/token} cannot be put here: nothing is expanded in a here-document whose delimiter is quoted. Remove the quotes around END, or give it to the command with `env = { TOKEN = "${…}" }` and write "$TOKEN"
           fix: Remove the quotes around END
        84: warning[secret-in-argument] "${secret:huggingface/token}" this secret becomes an argument of 'huggingface-cli', which every user of that host can read in its process list: let 'huggingface-cli' read it from its environment or standard input if it can
        89: error[toml-syntax] "\"echo done }" this string is not closed: add a " before the end of the line
        94: warning[racing-session] "\"train\"" 'type' uses the session 'train' too and may run at the same time: order the two with depends_on, or name another session
           "\"train\"" here
    "#]].assert_eq(&check(&text));
}

#[test]
fn every_prefix_of_every_example_is_analysed() {
    for (name, text) in examples() {
        let mut analyser = Analyser::default();
        let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        for end in ends {
            is_sound(&mut analyser, &text[..end], &name);
        }
    }
}

#[test]
fn every_example_without_any_one_line_is_analysed() {
    for (name, text) in examples() {
        let mut analyser = Analyser::default();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        for left_out in 0..lines.len() {
            let rest = [&lines[..left_out], &lines[left_out + 1..]]
                .concat()
                .concat();
            is_sound(&mut analyser, &rest, &name);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_edits_leave_something_that_is_analysed(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..40usize, 0..PIECES.len()), 1..6),
    ) {
        let examples = examples();
        let (name, mut text) = examples[which.index(examples.len())].clone();
        let mut analyser = Analyser::default();
        for (place, length, piece) in edits {
            let start = text.floor_char_boundary(place.index(text.len() + 1));
            let end = text.floor_char_boundary((start + length).min(text.len())).max(start);
            text.replace_range(start..end, PIECES[piece]);
            is_sound(&mut analyser, &text, &name);
        }
    }
}

/// What people and editors put into recipes, in one keystroke or by accident.
const PIECES: &[&str] = &[
    "",
    "",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "{",
    "}",
    "[",
    "]",
    "[[",
    "]]",
    "[[step]]\n",
    "\n",
    "\r\n",
    "=",
    ",",
    ".",
    "\\",
    "#",
    "${",
    "${secret:",
    "${secret:a/b}",
    "$${",
    "${step.build.output}",
    "$(",
    "<<'EOF'\n",
    "\u{feff}",
    "é",
    "→",
    "\u{202e}",
    "\0",
    "when = \"a == (\"\n",
    "depends_on = [\"build\"]\n",
    "[step.retry]\n",
    "id = \"x\"\n",
    "# doppio: allow(near-variable, x)\n",
    "# doppio: allow(",
    "when = \"${a} == ${b} && ${a} != 'x'\"\n",
    "capture_output = \"x\"",
];

/// No panic, and every place lies inside the text on character borders.
fn is_sound(analyser: &mut Analyser, text: &str, name: &str) {
    let analysis = analyser.analyse(Arc::from(text), Some("x.recipe.toml"));
    let missing = analysis
        .names
        .secrets
        .keys()
        .map(|name| (name.clone(), Presence::Missing));
    let facts = Facts {
        secrets: missing.collect(),
        stored: vec!["huggingface/tokn".to_owned()],
        ..Facts::default()
    };
    let place = |span: Span, what: &str| {
        assert!(
            text.get(span.range()).is_some(),
            "{name}: {what} at {span:?} of\n{text}"
        );
    };
    for diagnostic in analysis.diagnostics(&facts) {
        assert!(
            CHECKS.iter().any(|check| check.code == diagnostic.code),
            "{}",
            diagnostic.code
        );
        place(diagnostic.span, diagnostic.code);
        for related in &diagnostic.related {
            place(related.span, diagnostic.code);
        }
        for fix in &diagnostic.fixes {
            fix.edits
                .iter()
                .for_each(|edit| place(edit.span, diagnostic.code));
            common::apply(text, [fix]);
        }
    }
    for step in &analysis.recipe.steps {
        place(step.span, "a step");
        step.each_text(&mut |text| place(text.span, "a string"));
    }
    let _ = plan(&analysis, &PlanOptions::default());
}
