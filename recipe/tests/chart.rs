//! The chart of a recipe: nothing lies on anything else, whatever the recipe, and no name gets out of
//! its quotes in any format.

use std::collections::BTreeSet;
use std::fmt::Write;

use expect_test::expect;
use proptest::prelude::*;
use recipe::Analyser;
use recipe::chart::{Chart, Outline, Rect};

/// A step: its place in a group, what it waits for, and whether it is a group.
#[derive(Clone, Debug)]
struct Drawn {
    group: Option<usize>,
    on: BTreeSet<usize>,
    mode: Option<&'static str>,
}

fn analysis(text: &str) -> recipe::Analysis {
    Analyser::default().analyse(text.into(), None)
}

fn recipe_of(steps: &[Drawn]) -> String {
    let mut text = "[recipe]\nname = \"drawn\"\n".to_owned();
    let ids = |steps: &mut dyn Iterator<Item = usize>| {
        let ids: Vec<String> = steps.map(|step| format!("\"s{step}\"")).collect();
        format!("[{}]", ids.join(", "))
    };
    for (index, step) in steps.iter().enumerate() {
        let members = &mut (0..steps.len()).filter(|it| steps[*it].group == Some(index));
        let operation = match step.mode {
            Some(mode) => format!("group = {{ steps = {}, mode = \"{mode}\" }}", ids(members)),
            None => "sleep = { duration_secs = 1 }".to_owned(),
        };
        let name = "a rather long name".repeat(index % 4);
        let on = ids(&mut step.on.iter().copied());
        let _ = write!(
            text,
            "[[step]]\nid = \"s{index}\"\nname = \"{name}\"\ndepends_on = {on}\n{operation}\n"
        );
    }
    text
}

/// Steps that wait for earlier ones, or for any (then there are cycles), in groups that come later.
fn any_recipe(most: usize) -> impl Strategy<Value = String> {
    let step = (
        any::<prop::sample::Index>(),
        prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        0..10_u8,
        any::<bool>(),
    );
    (prop::collection::vec(step, 1..most), 0..8_u8).prop_map(|(raw, kind)| {
        let count = raw.len();
        let is_group = |at: usize| raw[at].2 < 2;
        let steps: Vec<Drawn> = (0..count)
            .map(|at| {
                let (group, on, _, parallel) = &raw[at];
                let later: Vec<usize> = (at + 1..count.min(at + 30))
                    .filter(|it| is_group(*it))
                    .collect();
                let among = if kind == 0 { count } else { at };
                Drawn {
                    group: (!later.is_empty() && raw[at].2 % 3 != 0)
                        .then(|| later[group.index(later.len())]),
                    on: on
                        .iter()
                        .filter(|_| among > 0)
                        .map(|it| it.index(among))
                        .collect(),
                    mode: is_group(at).then_some(if *parallel { "parallel" } else { "sequential" }),
                }
            })
            .collect();
        recipe_of(&steps)
    })
}

fn overlap(one: Rect, other: Rect) -> bool {
    one.x < other.x + other.width
        && other.x < one.x + one.width
        && one.y < other.y + other.height
        && other.y < one.y + one.height
}

fn inside(inner: Rect, outer: Rect) -> bool {
    inner.x >= outer.x
        && inner.y >= outer.y
        && inner.x + inner.width <= outer.x + outer.width
        && inner.y + inner.height <= outer.y + outer.height
}

/// Where the title of a group stands, or the whole of a step: what no line may cross.
fn label(chart: &Chart, step: usize) -> Rect {
    let rect = chart.boxes[step].rect;
    match chart.outline.steps[step].mode {
        Some(_) => Rect {
            x: rect.x + 14.0,
            y: rect.y + 14.0,
            width: chart.boxes[step].title_width,
            height: 20.0,
        },
        None => rect,
    }
}

/// Everything that makes a chart hard to read, in words.
fn flaws(chart: &Chart) -> Vec<String> {
    let steps = &chart.outline.steps;
    let whole = Rect {
        x: 0.0,
        y: 0.0,
        width: chart.width,
        height: chart.height,
    };
    let around = |step: usize| {
        std::iter::successors(steps[step].group, |group| steps[*group].group).collect::<Vec<_>>()
    };
    let mut flaws = Vec::new();
    for (one, step) in steps.iter().enumerate() {
        let rect = chart.boxes[one].rect;
        if !inside(rect, whole) {
            flaws.push(format!("{one} is outside"));
        }
        if step
            .group
            .is_some_and(|group| !inside(rect, chart.boxes[group].rect))
        {
            flaws.push(format!("{one} is outside of its group"));
        }
        for other in 0..one {
            let is_nested = around(one).contains(&other) || around(other).contains(&one);
            let (first, second) = match is_nested {
                true => (label(chart, one), label(chart, other)),
                false => (rect, chart.boxes[other].rect),
            };
            if overlap(first, second) {
                flaws.push(format!("{one} lies on {other}"));
            }
        }
    }
    for (line, wait) in chart.lines.iter().zip(&chart.outline.waits) {
        let is_nested =
            around(wait.on).contains(&wait.step) || around(wait.step).contains(&wait.on);
        if line.points.is_empty() != is_nested {
            flaws.push(format!("{wait:?} is drawn {} times", line.points.len()));
        }
        for pair in line.points.windows(2) {
            // A curve stays within the rectangle that its ends span.
            let (x, y) = (pair[0].x.min(pair[1].x), pair[0].y.min(pair[1].y));
            let piece = Rect {
                x,
                y,
                width: pair[0].x.max(pair[1].x) - x,
                height: pair[0].y.max(pair[1].y) - y,
            };
            for step in 0..steps.len() {
                let label = label(chart, step);
                // Where it begins and ends, a line touches.
                let label = Rect {
                    y: label.y + 0.1,
                    height: label.height - 0.2,
                    ..label
                };
                if overlap(piece, label) {
                    flaws.push(format!("{wait:?} crosses the label of {step}"));
                }
            }
        }
    }
    flaws
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn nothing_lies_on_anything_else(text in any_recipe(60)) {
        let chart = Chart::of(&analysis(&text));
        prop_assert_eq!(flaws(&chart), Vec::<String>::new());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn nothing_lies_on_anything_else_at_300_steps(text in any_recipe(300)) {
        let chart = Chart::of(&analysis(&text));
        prop_assert_eq!(flaws(&chart), Vec::<String>::new());
    }
}

#[test]
fn a_chain_is_a_straight_line() {
    let steps: Vec<Drawn> = (0..100)
        .map(|at: usize| Drawn {
            group: None,
            on: at.checked_sub(1).into_iter().collect(),
            mode: None,
        })
        .collect();
    let chart = Chart::of(&analysis(&recipe_of(&steps)));
    assert!(chart.lines.iter().all(|line| line.points.len() == 2));
    assert_eq!(
        chart.width,
        chart
            .boxes
            .iter()
            .map(|it| it.rect.width)
            .fold(0.0, f64::max)
            + 28.0
    );
}

#[test]
fn many_free_steps_are_rows_and_not_one_line() {
    let free = Drawn {
        group: None,
        on: BTreeSet::new(),
        mode: None,
    };
    let chart = Chart::of(&analysis(&recipe_of(&vec![free; 100])));
    let ratio = chart.width / chart.height;
    assert!((0.5..4.0).contains(&ratio), "{ratio}");
}

#[test]
fn groups_may_nest_deeply_and_hold_themselves() {
    let mut text = "[recipe]\nname = \"deep\"\n".to_owned();
    for at in 0..2000 {
        let _ = write!(
            text,
            "[[step]]\nid = \"g{at}\"\ngroup = {{ steps = [\"g{}\"] }}\n",
            (at + 1) % 2000
        );
    }
    let analysis = analysis(&text);
    let chart = Chart::of(&analysis);
    assert_eq!(chart.boxes.len(), 2000);
    assert!(chart.outline.text().lines().count() > 2000);
}

/// More lines than anybody could follow: the longest go straight, the boxes stay apart.
#[test]
fn a_hostile_recipe_is_drawn_all_the_same() {
    let steps: Vec<Drawn> = (0..700_usize)
        .map(|at| Drawn {
            group: None,
            on: [at.checked_sub(1), (at > 1).then(|| (at * 7919) % (at - 1))]
                .into_iter()
                .flatten()
                .collect(),
            mode: None,
        })
        .collect();
    let chart = Chart::of(&analysis(&recipe_of(&steps)));
    for one in 0..700 {
        for other in 0..one {
            assert!(!overlap(chart.boxes[one].rect, chart.boxes[other].rect));
        }
    }
}

const SMALL: &str = r#"
[recipe]
name = "small"

[[step]]
id = "fetch"
run_commands = { commands = "true" }

[[step]]
id = "both"
name = "Both sides"
depends_on = ["fetch"]
group = { steps = ["left", "right"], mode = "parallel" }

[[step]]
id = "left"
run_commands = { commands = "true" }

[[step]]
id = "right"
when = "${target} == 'a'"
sleep = { duration_secs = 1 }

[[step]]
id = "after"
depends_on = ["both", "fetch", "nobody"]
set_var = { name = "a", value = "b" }
"#;

#[test]
fn every_format_says_the_same() {
    let outline = Outline::of(&analysis(SMALL));
    expect![[r#"
        small

        fetch                run_commands
        ┌ both (Both sides)  parallel      after fetch
        │ left               run_commands
        │ right              sleep         when ${target} == 'a'
        └
        after                set_var       after fetch, both
    "#]]
    .assert_eq(&outline.text());
    expect![[r#"
        flowchart TD
            s0["fetch"]
            subgraph s1["Both sides (parallel)"]
                s2["left"]
                s3["right<br/>when #36;#123;target#125; #61;#61; #39;a#39;"]
            end
            s4["after"]
            s0 --> s1
            s0 --> s4
            s1 --> s4
    "#]]
    .assert_eq(&outline.mermaid());
    expect![[r#"
        digraph "small" {
            compound=true;
            node [shape=box, style=rounded, fontname="sans-serif"];
            graph [fontname="sans-serif", style=rounded];
            s0 [label="fetch"];
            subgraph cluster_s1 {
                label="Both sides (parallel)";
                s2 [label="left"];
                s3 [label="right\nwhen ${target} == 'a'"];
            }
            s4 [label="after"];
            s0 -> s2 [lhead=cluster_s1];
            s0 -> s4;
            s2 -> s4 [ltail=cluster_s1];
        }
    "#]]
    .assert_eq(&outline.dot());
    let svg = Chart::draw(outline).svg();
    let said = "<desc id=\"doppio-desc\">4 steps. Both sides waits for fetch. after waits for fetch, Both sides.</desc>";
    assert!(svg.contains(said), "{svg}");
    assert!(svg.contains("prefers-color-scheme"));
}

#[test]
fn hostile_names_stay_names() {
    let names = [
        r#"\"]; click s0 call alert(1)"#,
        r"`**bold**` %%{init: {}}%%",
        "</text><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>&amp;#59;",
        r"\u001b[2J\u202Egnp.exe\u0007",
        r#"\\N \\\" ]]> --"#,
        r"line\nend\nsubgraph x",
        r"\uFFFE\uFFFF",
    ];
    let mut text = "[recipe]\nname = \"</title><script>\\u001b]0;x\\u0007\"\n".to_owned();
    for name in names {
        let _ = write!(
            text,
            "[[step]]\nid = \"{name}\"\nname = \"{name}\"\nsleep = {{ duration_secs = 1 }}\n"
        );
    }
    let outline = Outline::of(&analysis(&text));
    assert_eq!(outline.steps.len(), names.len());
    let is_safe = |c: char| c == '\n' || !c.is_control() && !recipe::is_hostile(c);
    let mermaid = outline.mermaid();
    let dot = outline.dot();
    let text = outline.text();
    let svg = Chart::draw(outline).svg();
    for out in [&mermaid, &dot, &text, &svg] {
        assert!(out.chars().all(is_safe), "{out}");
    }
    for line in mermaid.lines().skip(1) {
        let label = line
            .split_once("[\"")
            .and_then(|(_, rest)| rest.strip_suffix("\"]"))
            .expect(line);
        assert!(
            !label.contains(['"', '<', '>', '`', '[', ']', '%', '&', '\\']),
            "{label}"
        );
    }
    assert!(
        !svg.contains("<script") && !svg.contains("<img") && !svg.contains('\u{fffe}'),
        "{svg}"
    );
    let labels = dot
        .lines()
        .filter_map(|line| line.split_once("[label=\"")?.1.strip_suffix("\"];"));
    for label in labels {
        let bare = label.replace("\\\\", "").replace("\\\"", "");
        assert!(!bare.contains(['"', '\\']), "{label}");
    }
}

#[test]
fn what_has_no_id_of_its_own_gets_one() {
    let text = "[[step]]\nid = \"#2\"\n[[step]]\n[[step]]\nid = \"a\"\n[[step]]\nid = \"a\"\ndepends_on = [\"a\", ";
    let outline = Outline::of(&analysis(text));
    let ids: Vec<&str> = outline.steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(ids, ["#2", "##2", "a", "#4"]);
}

#[test]
fn a_cycle_is_drawn_and_marked() {
    let text = "[[step]]\nid = \"a\"\ndepends_on = [\"b\", \"a\"]\n[[step]]\nid = \"b\"\ndepends_on = [\"a\"]\n[[step]]\nid = \"c\"\ndepends_on = [\"b\"]\n";
    let chart = Chart::of(&analysis(text));
    let marked: Vec<bool> = chart
        .outline
        .waits
        .iter()
        .map(|wait| wait.in_cycle)
        .collect();
    assert_eq!(marked, [true, true, false]);
    assert!(chart.svg().contains("line wrong"));
    let up = &chart.lines[0].points;
    assert!(
        up[0].y > up[up.len() - 1].y,
        "from the lower one to the upper one"
    );
}
