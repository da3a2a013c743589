//! On every recipe of the repository and on some put together at random, at any place: what comes out of an action
//! is TOML; what comes out of a change keeps the comments, has no error more, and means the same, as far as the
//! change promises that.

use std::collections::BTreeSet;

use proptest::prelude::*;
use recipe::diagnostic::Severity;
use recipe::format::{formatted, indent_of};
use recipe::syntax::comments_with;
use recipe::{Analysis, PlanOptions, Span, plan};
use testkit::samples;

use super::super::sort::order;
use super::said::said;
use super::{analysed, taken};
use crate::features::Offered;
use crate::features::actions::{Action, Effect, Kind, actions};

/// Takes every action that is offered at a selection and edits the text.
fn check(before: &Analysis, selection: Span, seen: &mut BTreeSet<String>) {
    let found = before.text_diagnostics();
    for action in actions(
        before,
        "file:///a",
        selection,
        found,
        Offered::default(),
        &|_| true,
    ) {
        if matches!(action.effect, Effect::Command(_)) {
            continue;
        }
        let text = taken(&before.text, &action);
        if seen.insert(text.clone()) {
            keeps_its_promise(before, &action, &text);
        }
    }
}

fn keeps_its_promise(before: &Analysis, action: &Action, text: &str) {
    let after = &analysed(text);
    let what = || format!("{}\n{}== makes\n{text}", action.title, before.text);
    // What a quote more or less does to the rest of a broken text is a guess.
    if action.kind == Kind::Fix && !before.tree.errors.is_empty() {
        return;
    }
    assert!(
        after.tree.errors.len() <= before.tree.errors.len(),
        "{}\n{:?}",
        what(),
        after.tree.errors
    );
    if matches!(action.kind, Kind::Fix | Kind::FixAll) {
        return;
    }
    // How a file is indented is read off its first lines in brackets, which may be others now.
    let is_tidy = formatted(&before.text, &before.tree) == *before.text;
    if is_tidy && indent_of(&before.text) == indent_of(text) {
        let tidy = formatted(text, &after.tree);
        assert_eq!(text, tidy, "{}", what());
    }
    let errors = |it: &Analysis| {
        let all = it
            .text_diagnostics()
            .iter()
            .filter(|it| it.severity == Severity::Error);
        all.map(|it| it.code).collect::<Vec<_>>()
    };
    assert!(
        errors(after).len() <= errors(before).len(),
        "{}\n{:?}",
        what(),
        errors(after)
    );
    let comments = |it: &Analysis| {
        let all = comments_with(&it.text, "#").into_iter();
        let mut all: Vec<String> = all
            .map(|span| it.text[span.range()].trim_end().to_owned())
            .collect();
        all.sort();
        all
    };
    // With a variable goes what is said behind it.
    if action.kind != Kind::Inline {
        assert_eq!(comments(before), comments(after), "{}", what());
    }
    let (was, mut is) = (said(before), said(after));
    if action.title.starts_with("Wrap") {
        is.retain(|id, _| was.contains_key(id));
        assert_eq!(
            after.recipe.steps.len(),
            before.recipe.steps.len() + 1,
            "{}",
            what()
        );
    }
    for (id, step) in &was {
        assert_eq!(Some(step), is.get(id), "{}", what());
    }
    assert_eq!(was.len(), is.len(), "{}", what());
    if action.kind == Kind::Sort {
        assert!(order(after).is_some_and(|it| it.is_sorted()), "{}", what());
        assert_eq!(run_order(before), run_order(after), "{}", what());
    } else if !action.title.starts_with("Wrap") {
        assert_eq!(planned(before), planned(after), "{}", what());
    }
}

/// The ids in the order in which one step after the other would start.
fn run_order(analysis: &Analysis) -> Vec<&str> {
    let order = order(analysis).unwrap_or_default().into_iter();
    let id = |step: usize| analysis.recipe.steps[step].id().map_or("", |id| &id.value);
    order.map(id).collect()
}

/// What a run would do, but for conditions, whose form may change.
fn planned(analysis: &Analysis) -> Option<String> {
    let mut plan = plan(analysis, &PlanOptions::default()).ok()?;
    for step in &mut plan.steps {
        step.when = None;
        step.line = 0;
    }
    Some(format!("{plan:#?}"))
}

/// Half of the words of a text with each kind of line end, and pairs of places a few words apart; at most so many
/// of them.
fn check_words(text: &str, most: usize) {
    for (half, text) in [text.replace('\n', "\r\n"), text.to_owned()]
        .iter()
        .enumerate()
    {
        let before = analysed(text);
        let mut seen = BTreeSet::new();
        let is_start = |(at, c): &(usize, char)| {
            *at > 0 && c.is_alphanumeric() != text[..*at].ends_with(char::is_alphanumeric)
        };
        let words: Vec<usize> = text
            .char_indices()
            .filter(is_start)
            .map(|it| it.0)
            .collect();
        let step = words.len().div_ceil(most).max(2);
        for (index, start) in words.iter().enumerate().skip(half).step_by(step) {
            check(&before, Span::at(*start), &mut seen);
            for width in [1, 4, 40] {
                if let Some(end) = words.get(index + width) {
                    check(&before, Span::new(*start, *end), &mut seen);
                }
            }
        }
    }
}

#[test]
fn the_examples_go_on_meaning_the_same() {
    samples::examples()
        .iter()
        .for_each(|text| check_words(text, usize::MAX));
}

#[test]
fn what_the_pages_show_goes_on_meaning_the_same() {
    samples::shown()
        .iter()
        .for_each(|text| check_words(text, 40));
}

#[test]
fn the_recipes_of_tests_go_on_meaning_the_same() {
    let written = samples::written_in_tests();
    written.iter().for_each(|text| check_words(text, 24));
}

#[test]
fn what_fuzzing_learned_goes_on_meaning_the_same() {
    let learned = samples::learned_texts();
    learned.iter().for_each(|text| check_words(text, 8));
}

/// What strings are made of: whatever a change could get wrong.
const PARTS: &[&str] = &[
    "echo ",
    "x y",
    "${a}",
    "${b}",
    "$b",
    "${HOME}",
    "\\",
    "'",
    "\"",
    "$",
    "$${a}",
    "{",
    "}",
    "\n",
    "\r\n",
    "${secret:k/t}",
    "${env.USER}",
    "${c}",
    "--epochs 3",
    "é😀",
    "\t",
    "${A:-z}",
    " # no",
    "${step.s0.output}",
    "${now}",
    "  ",
    "\u{1}",
    "''",
    "\"\"",
];

/// A string in one of the ways to write it that can hold it.
fn written(parts: &[usize], way: usize) -> String {
    let said: String = parts.iter().map(|it| PARTS[it % PARTS.len()]).collect();
    let has_control = said
        .chars()
        .any(|c| c.is_control() && c != '\t' && c != '\n');
    let json = serde_json::to_string(&said).expect("a string");
    match way % 4 {
        1 if !said.contains(['\'', '\n']) && !has_control => format!("'{said}'"),
        2 if !said.contains('\'') && !has_control => format!("'''\n{said}'''"),
        3 => {
            let inner = json.trim_start_matches('"').strip_suffix('"').unwrap_or("");
            // Quotes at the start were taken off with the first one.
            let inner = if said.starts_with('"') {
                format!("\\\"{}", inner.trim_start_matches("\\\""))
            } else {
                inner.to_owned()
            };
            let multi = format!("\"\"\"\n{}\"\"\"", inner.replace("\\n", "\n"));
            if inner.starts_with('\n') || inner.contains("\\\n") {
                json
            } else {
                multi
            }
        }
        _ => json,
    }
}

/// A step in one of many forms, with two strings in it.
fn step(index: usize, on: Option<usize>, form: usize, texts: &[String; 2]) -> String {
    let [one, two] = texts;
    let on = on.map_or(String::new(), |on| {
        format!("depends_on = [\"s{on}\"] # waits\n")
    });
    let body = match form {
        0 => format!("ssh_command = {{ command = {one}, workdir = {two} }} # runs\n"),
        1 => format!(
            "# how\nrun_commands = {{ # so\n  commands = {one}, # first\n  # second\n  env = {{ A = {two} }}\n}}\nretry = {{ max_attempts = 2 }}\n"
        ),
        2 => format!("[step.ssh_command]\ncommand = {one}\n\n[step.ssh_command.env]\nA = {two}\n"),
        3 => format!(
            "\n# how\n[step.ssh_command] # so\n# first\ncommand = {one} # it\nenv = {{\n  A = {two}, # too\n}}\n[step.retry]\nmax_attempts = 2\n"
        ),
        4 => format!("set_var = {{ name = \"c\", value = {one} }}\n"),
        5 => format!(
            "when = \"${{a}} == 'x y' && !(${{b}} != full)\"\nsleep.duration_secs = 1 # {}\n",
            index
        ),
        6 => format!(
            "tmux_new = {{ session_name = \"s{index}\", command = {one}, env = {{ A = {two} }} }}\n"
        ),
        7 => format!(
            "http_request = {{ method = \"GET\", url = \"https://example.com/${{a}}\", headers = {{ A = {one} }}, body = {two} }}\n"
        ),
        _ => "vast_stop = {}\n".to_owned(),
    };
    format!(
        "{}[[step]]\nid = \"s{index}\"\n{on}{body}{}",
        ["", "# above\n", "# apart\n\n"][form % 3],
        ["", "# behind\n", "\n"][index % 3]
    )
}

prop_compose! {
    fn any_string()(parts in prop::collection::vec(0..PARTS.len(), 0..6), way in 0..4usize) -> String {
        written(&parts, way)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn random_recipes_go_on_meaning_the_same(
        steps in prop::collection::vec(
            (prop::option::of(0..4usize), 0..9usize, any_string(), any_string()), 1..5,
        ),
        variables in prop::option::of((any_string(), any_string())),
        group in prop::option::of(0..4usize),
        crlf in any::<bool>(),
        bom in any::<bool>(),
        tidy in any::<bool>(),
        places in prop::collection::vec((any::<prop::sample::Index>(), 0..12usize), 60),
    ) {
        let mut text = "# head\n[recipe]\nname = \"x\" # named\n\n".to_owned();
        if let Some((a, b)) = &variables {
            text += &format!("[variables]\na = {a} # of a\n# of b\nb = {b}\n\n");
        }
        for (index, (on, form, one, two)) in steps.iter().enumerate() {
            text += &step(index, on.filter(|it| *it != index), *form, &[one.clone(), two.clone()]);
        }
        if let Some(member) = group {
            text += &format!("[[step]]\nid = \"g\"\ngroup = {{ steps = [\"s{member}\"] }}\n");
        }
        if crlf {
            text = text.replace('\n', "\r\n").replace("\r\r\n", "\r\n");
        }
        if bom {
            text.insert(0, '\u{feff}');
        }
        let mut before = analysed(&text);
        if tidy {
            text = formatted(&text, &before.tree);
            before = analysed(&text);
        }
        let mut seen = BTreeSet::new();
        // Where names and values begin, and anywhere.
        let all = text.match_indices(['$', '"', '\'']).map(|(at, _)| at + 1);
        let starts = text.match_indices("\n").map(|(at, _)| at + 1).filter(|at| *at < text.len());
        for at in all.chain(starts).filter(|at| text.is_char_boundary(*at)) {
            check(&before, Span::at(at), &mut seen);
        }
        for (place, width) in places {
            let start = text.floor_char_boundary(place.index(text.len() + 1));
            let end = text.ceil_char_boundary((start + width).min(text.len()));
            check(&before, Span::new(start, end), &mut seen);
        }
        check(&before, Span::new(0, text.len()), &mut seen);
    }
}
