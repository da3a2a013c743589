//! Who waits for whom, with groups.

use recipe::Analyser;
use recipe::graph::Graph;

/// A recipe of steps, each `id: what it depends on` or `id(members): what it depends on`.
fn graph(steps: &str) -> (Graph, Vec<String>) {
    let mut text = "[recipe]\nname = \"graph\"\n".to_owned();
    let mut ids = Vec::new();
    for step in steps.split(';') {
        let (head, needs) = step.split_once(':').expect("a colon");
        let quoted = |names: &str| {
            names
                .split_whitespace()
                .map(|name| format!("\"{name}\""))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let (id, operation) = match head.trim().split_once('(') {
            Some((id, members)) => {
                let (members, mode) = members
                    .trim_end_matches(')')
                    .split_once(',')
                    .unwrap_or((members, "parallel"));
                let members = quoted(members.trim_end_matches(')'));
                (
                    id,
                    format!(
                        "group = {{ steps = [{members}], mode = \"{}\" }}",
                        mode.trim()
                    ),
                )
            }
            None => (head.trim(), "sleep = { duration_secs = 1 }".to_owned()),
        };
        ids.push(id.to_owned());
        text += &format!(
            "[[step]]\nid = \"{id}\"\ndepends_on = [{}]\n{operation}\n",
            quoted(needs)
        );
    }
    let analysis = Analyser::default().analyse(text.into(), None);
    (Graph::of(&analysis.recipe, &analysis.names), ids)
}

/// Whether `step` waits for `on`.
fn waits(steps: &str, step: &str, on: &str) -> bool {
    let (graph, ids) = graph(steps);
    let place = |id: &str| ids.iter().position(|it| it == id).expect("a step");
    graph.waits(&[(place(step), place(on))]) == [true]
}

/// The steps that must not be what `step` depends on.
fn waiting_for(steps: &str, step: &str) -> Vec<String> {
    let (graph, ids) = graph(steps);
    let place = ids.iter().position(|it| it == step).expect("a step");
    ids.into_iter()
        .zip(graph.waiting_for(place))
        .filter(|(_, waits)| *waits)
        .map(|(id, _)| id)
        .collect()
}

#[test]
fn waiting_goes_through_other_steps() {
    let steps = "a:; b: a; c: b; d:";
    assert!(waits(steps, "c", "a"));
    assert!(!waits(steps, "a", "c"));
    assert!(!waits(steps, "d", "a"));
    assert!(!waits(steps, "a", "a"));
    assert_eq!(waiting_for(steps, "a"), ["a", "b", "c"]);
}

#[test]
fn members_wait_for_what_their_group_waits_for() {
    let steps = "first:; all(one two): first; one:; two:; after: all";
    assert!(waits(steps, "one", "first"));
    assert!(waits(steps, "after", "two"));
    assert!(!waits(steps, "two", "one"));
    assert!(!waits(steps, "one", "all"));
    assert_eq!(waiting_for(steps, "one"), ["all", "one", "after"]);
    assert!(waits("all(one two, sequential):; one:; two:", "two", "one"));
}

#[test]
fn groups_nest() {
    let steps = "first:; outer(inner): first; inner(leaf):; leaf:; after: outer";
    assert!(waits(steps, "leaf", "first"));
    assert!(waits(steps, "after", "leaf"));
    assert!(graph(steps).0.cycles().is_empty());
}

#[test]
fn each_knot_is_one_shortest_cycle_in_the_order_it_is_written() {
    let (graph, _) = graph("a: b; b: c; c: a b; d: d; e: a");
    let cycles = graph.cycles();
    let steps: Vec<Vec<usize>> = cycles
        .iter()
        .map(|cycle| cycle.iter().map(|edge| edge.step).collect())
        .collect();
    assert_eq!(steps, [vec![0, 1, 2], vec![3]]);
    for cycle in cycles {
        for (edge, next) in cycle.iter().zip(cycle.iter().cycle().skip(1)) {
            assert_eq!(edge.on, next.step);
        }
    }
}

#[test]
fn a_group_in_itself_is_a_cycle() {
    for steps in [
        "g(g):",
        "g(a): a; a:",
        "g(a):; a: g",
        "g(h):; h(g):",
        "g(a b, sequential):; a: b; b:",
    ] {
        assert_eq!(graph(steps).0.cycles().len(), 1, "{steps}");
    }
}

#[test]
fn many_pairs_are_answered_at_once() {
    let steps: Vec<String> = (0..300)
        .map(|step| match step {
            0 => "s0:".to_owned(),
            _ => format!("s{step}: s{}", step - 1),
        })
        .collect();
    let (graph, _) = graph(&steps.join(";"));
    let pairs: Vec<(usize, usize)> = (0..300)
        .flat_map(|step| [(step, step / 2), (step / 2, step)])
        .collect();
    let answers = graph.waits(&pairs);
    let wanted: Vec<bool> = pairs.iter().map(|(step, on)| step > on).collect();
    assert_eq!(answers, wanted);
}
