//! The formatter changes how a recipe looks, and nothing else.

mod common;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use recipe::diagnostic::{self, Edit};
use recipe::format::{self, Indent};
use recipe::{Analyser, Analysis, Facts, Span, syntax};

use testkit::samples;

use common::examples;

#[test]
fn every_recipe_that_we_show_keeps_its_meaning() {
    let shown = shown();
    assert!(shown.len() > 100, "there are pages");
    assert_all_harmless(&shown);
}

#[test]
fn every_recipe_of_a_test_keeps_its_meaning() {
    assert_all_harmless(&samples::written_in_tests());
}

#[test]
fn every_text_that_fuzzing_learned_keeps_its_meaning() {
    assert_all_harmless(&samples::learned_texts());
}

#[test]
fn every_example_is_in_the_style_that_it_shows() {
    for (name, text) in examples() {
        let edits = edits(&text, None);
        assert!(
            edits.is_empty(),
            "{name}: `doppio fmt examples` has not been run: {edits:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_recipe_keeps_its_meaning(text in document()) {
        assert_harmless(&text);
    }

    #[test]
    fn any_part_of_the_edits_is_harmless(text in document(), parts in any::<u64>()) {
        let mut edits = edits(&text, None);
        let mut index = 0;
        edits.retain(|_| {
            index += 1;
            parts.rotate_left(index) & 1 == 1
        });
        assert_same(&text, &diagnostic::apply(&text, &edits));
    }

    #[test]
    fn a_range_has_the_edits_of_its_lines(text in document(), start in any::<Index>(), end in any::<Index>()) {
        let place = |index: Index| text.floor_char_boundary(index.index(text.len() + 1));
        let (start, end) = (place(start), place(end));
        let range = Span::new(start.min(end), start.max(end));
        let first = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let last = text[range.end..].find('\n').map_or(text.len(), |at| range.end + at + 1);
        let lines = Span::new(first, last);
        let all = edits(&text, None);
        for edit in edits(&text, Some(range)) {
            prop_assert!(lines.covers(edit.span), "{edit:?} is outside {lines:?}");
            prop_assert!(all.contains(&edit));
        }
        let whole = Span::new(0, text.len());
        prop_assert_eq!(edits(&text, Some(whole)), all);
    }

    #[test]
    fn no_text_with_an_error_is_touched(
        text in document(), shown in select(shown()), is_shown in any::<bool>(),
        at in any::<Index>(), removed in 0..3_usize, typed in select(DAMAGE), range in any::<Index>(),
    ) {
        let mut text = if is_shown { shown } else { text };
        let start = text.floor_char_boundary(at.index(text.len() + 1));
        let end = text.ceil_char_boundary((start + removed).min(text.len()));
        text.replace_range(start..end, typed);
        if syntax::parse(&text).errors.is_empty() {
            assert_harmless(&text);
            return Ok(());
        }
        prop_assert_eq!(edits(&text, None), []);
        let place = text.floor_char_boundary(range.index(text.len() + 1));
        prop_assert_eq!(edits(&text, Some(Span::at(place))), []);
    }
}

fn edits(text: &str, range: Option<Span>) -> Vec<Edit> {
    format::edits(text, &syntax::parse(text), range, Indent::default())
}

/// The same with both kinds of line ends.
#[track_caller]
fn assert_all_harmless(texts: &[String]) {
    for text in texts {
        assert_harmless(text);
        assert_harmless(&text.replace('\n', "\r\n"));
    }
}

/// Formatting `text` changes blanks, line breaks and commas only, and changes nothing when done again.
#[track_caller]
fn assert_harmless(text: &str) {
    let edits = edits(text, None);
    let apart = edits
        .windows(2)
        .all(|pair| pair[0].span.end < pair[1].span.start);
    assert!(apart, "edits touch each other: {edits:?}\n{text}");
    for edit in &edits {
        let is_minimal = text[edit.span.range()] != edit.text;
        assert!(is_minimal, "an edit that does nothing: {edit:?}\n{text}");
        let splits = |at: usize| text[..at].ends_with('\r') && text[at..].starts_with('\n');
        assert!(
            !splits(edit.span.start) && !splits(edit.span.end),
            "{edit:?}"
        );
    }
    let formatted = diagnostic::apply(text, &edits);
    assert_same(text, &formatted);
    let again = self::edits(&formatted, None);
    assert!(
        again.is_empty(),
        "not done at once: {again:?}\n{text}\n{formatted}"
    );
}

#[track_caller]
fn assert_same(text: &str, formatted: &str) {
    if text == formatted {
        return;
    }
    let (before, after) = (meaning(text), meaning(formatted));
    if before != after {
        let differs = before.lines().zip(after.lines()).find(|(a, b)| a != b);
        panic!("it means something else: {differs:?}\n{text}\n---\n{formatted}");
    }
}

/// All that a text says, without the places.
fn meaning(text: &str) -> String {
    let analysis = Analyser::default().analyse(text.into(), None);
    let Analysis {
        tree,
        recipe,
        names,
        ..
    } = &analysis;
    let comments = syntax::comments_with(text, "#");
    let comments: Vec<&str> = comments
        .iter()
        .map(|span| text[span.range()].trim_end())
        .collect();
    let found = analysis.diagnostics(&Facts::default());
    let found = found.iter().map(|it| {
        let place = text[it.span.range()].replace([' ', '\t', '\r', '\n', ','], "");
        format!("{:?}", (it.code, it.severity, &it.message, place))
    });
    let found: Vec<String> = found.collect();
    without_places(&format!(
        "{}\n{tree:#?}\n{recipe:#?}\n{names:#?}\n{comments:#?}",
        analysis.is_recipe
    )) + &found.join("\n")
}

fn without_places(debug: &str) -> String {
    let is_place = |line: &str| {
        let word = line.trim_start();
        ["start: ", "end: ", "source_end: "]
            .iter()
            .any(|it| word.starts_with(it))
    };
    let lines = debug.lines().filter(|line| !is_place(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// What the repository shows: examples, the recipes of the pages, and one of everything.
fn shown() -> Vec<String> {
    let everything = [EVERYTHING.to_owned(), format!("\u{feff}{EVERYTHING}")];
    [samples::examples(), samples::shown(), everything.into()].concat()
}

const EVERYTHING: &str = r#"# doppio: allow(unused-variable)
[recipe]
  name="everything" # why not
[ variables ]
a = """
line  ${b} \
    joined = [ 1,2 ]
"""
b='x\ty' 
"quoted key"   =   "\e[1m \x41"
 c . 'd'."e" = [[1,2],[ 3 , 4 ],]
c.f=1979-05-27 07:32:00 # a date
g = 1979-05-27T00:32:00.999999-07:00
h = { }
[[step]]
id="one" # first
run_commands = { commands = '''
if [[ -n "$x" ]]; then y=[ 1,2 ] # no comment  
fi
''', env={A="${secret:a/b}"},
  # own
 timeout_secs=0x1_0,}
[[step]]
id = "two"
# of the table
[step.sleep]

duration_secs = 1.5e0 # behind
[[step]]
id='three'
retry.max_attempts=2
retry . delay_secs = inf
"#;

/// What breaks a text in each way it can break.
const DAMAGE: &[&str] = &[
    "", "\n", "\"", "'", "\"\"\"", "[", "]", "{", "}", "=", ",", ".", "#", "\\", "é", "\r",
    "\u{7}", "[a]", "x",
];

/// Blanks where no line may end.
const BLANKS: &[&str] = &["", "", " ", "  ", "\t"];

/// What may stand between the items of a bracket.
const SPACE: &[&str] = &[
    "",
    "",
    "",
    " ",
    "\t ",
    "\n",
    "\r\n\t",
    "\n\n\n  ",
    " # behind  \n",
    "\n# own ü\n  ",
    "#é\r\n#è\n",
    " # doppio: allow(redundant-dependency)\n",
    "\n  # doppio: allow(redundant-dependency)\n",
];

/// What may stand between statements.
const LINES: &[&str] = &[
    "\n",
    "\n",
    "\r\n",
    "\n\n",
    "\n\n\n  ",
    " \t\n",
    " # behind\n",
    "\n# own\n",
    "\n\n  # own\n\n# of what comes \n",
    " # doppio: allow(redundant-dependency)\n",
    "\n# doppio: allow(redundant-dependency)\n",
];

/// A sound recipe, laid out in any way.
fn document() -> impl Strategy<Value = String> {
    let statement = prop_oneof![1 => header(), 3 => entry(value().boxed())];
    let statements = prop::collection::vec((select(LINES), statement), 0..8);
    let start = select(&["", "\u{feff}", " ", "#"][..]);
    (start, statements, steps(), select(LINES)).prop_map(|(start, statements, steps, end)| {
        let statements = statements.into_iter().chain(steps);
        let body: String = statements
            .map(|(space, it)| space.to_owned() + &it)
            .collect();
        numbered(&format!("{start}{body}{end}"))
    })
}

fn header() -> impl Strategy<Value = String> {
    (select(BLANKS), select(BLANKS), any::<bool>()).prop_map(|(a, b, is_array)| match is_array {
        true => format!("[[{a}t@{b}.{a}'u@'{b}]]"),
        false => format!("[{a}t@{b}]"),
    })
}

/// Three steps, of which the last depends on one twice, which can be allowed.
fn steps() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let lines = prop::collection::vec(select(LINES), 8);
    let id = select(&["'one'", "\"two\""][..]).prop_map(str::to_owned);
    (lines, listed(id, "[", "]")).prop_map(|(lines, ids)| {
        let statements = [
            "[[step]]",
            "id = 'one'",
            "sleep = { duration_secs = 1 }",
            "[[step]]",
            "id='two'\nsleep.duration_secs=1\ndepends_on=['one']",
            "[[step]]",
            "id='three'\nsleep={duration_secs=1}",
            &format!("depends_on = {ids}"),
        ];
        lines
            .into_iter()
            .zip(statements.map(str::to_owned))
            .collect()
    })
}

/// `key = value`, with `@` for the number that makes the key one of its own.
fn entry(value: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    let key = select(&["k@", "'k @'", "\"k#@\"", "k@.a", "k@ . 'b'\t.c"][..]);
    (key, select(BLANKS), select(BLANKS), value)
        .prop_map(|(key, a, b, value)| format!("{key}{a}={b}{value}"))
}

fn value() -> impl Strategy<Value = String> {
    let scalars = [
        "1",
        "1.5",
        "true",
        "1979-05-27 07:32:00",
        "'a = [ 1,2 ] # no'",
        "\"\\\"\\e\"",
        "\"\"\"\n  x = 1  \n\n\n[a]\"\"\"",
        "'''\r\n# no comment  '''",
        "'a name that is long enough to be one of those that do not fit ü'",
    ];
    let scalar = prop::sample::select(scalars.to_vec()).prop_map(str::to_owned);
    scalar.prop_recursive(4, 24, 4, |inner| {
        let table = listed(entry(inner.clone().boxed()), "{", "}");
        prop_oneof![listed(inner, "[", "]"), table]
    })
}

/// Items between brackets.
fn listed(
    item: impl Strategy<Value = String>,
    open: &'static str,
    close: &'static str,
) -> impl Strategy<Value = String> {
    let items = prop::collection::vec((select(SPACE), item, select(SPACE)), 0..4);
    (items, any::<bool>(), select(SPACE)).prop_map(move |(items, has_comma, end)| {
        let comma = if has_comma && !items.is_empty() {
            ","
        } else {
            ""
        };
        let items = items
            .into_iter()
            .map(|(a, item, b)| format!("{a}{item}{b}"));
        let items: Vec<String> = items.collect();
        format!("{open}{}{comma}{end}{close}", items.join(","))
    })
}

/// `text` with a number of its own for each `@`.
fn numbered(text: &str) -> String {
    let mut parts = text.split('@');
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts
        .enumerate()
        .map(|(number, part)| format!("{number}{part}"));
    first + &rest.collect::<String>()
}

#[test]
fn what_is_made_up_is_sound_as_a_rule() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let texts = (0..200).map(|_| document().new_tree(&mut runner).expect("a text").current());
    let sound = texts
        .filter(|text| syntax::parse(text).errors.is_empty())
        .count();
    assert!(sound > 190, "{sound} of 200");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads the page")]
fn the_page_shows_the_style() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/formatting.md");
    let page = std::fs::read_to_string(path).expect("the page");
    let (_, rest) = page.split_once("```toml\n").expect("an example");
    let (example, _) = rest.split_once("```").expect("the fence is closed");
    assert_eq!(format::formatted(example, &syntax::parse(example)), example);
    assert!(syntax::parse(example).errors.is_empty());
}
