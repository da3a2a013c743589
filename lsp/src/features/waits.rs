//! What a step waits for, as a path that people can read.

use recipe::Analysis;
use recipe::model::Step;

use super::wording;

/// Longer paths are cut in the middle.
const LONGEST: usize = 8;

/// The longest path of dependencies that ends in the step around `offset`: through the step `via` if
/// one is given. Nothing for a step that waits for nothing.
pub(super) fn path_to(analysis: &Analysis, offset: usize, via: Option<&str>) -> Option<String> {
    let own = &analysis.recipe.steps[wording::step_at(analysis, offset)?];
    let mut depths = vec![None; analysis.recipe.steps.len()];
    let last = match via {
        Some(id) => analysis.names.step_index(id)?,
        None => deepest(analysis, own, &mut depths)?,
    };
    let mut path = vec![own.id().map_or("this step", |id| id.value.as_str())];
    let mut next = Some(last);
    while let Some(step) = next.map(|index| &analysis.recipe.steps[index]) {
        path.push(step.id().map_or("?", |id| id.value.as_str()));
        // A cycle has no beginning.
        next = deepest(analysis, step, &mut depths).filter(|_| path.len() <= depths.len());
    }
    path.reverse();
    let shown: Vec<String> = path.iter().map(|id| wording::code(id)).collect();
    let shown = match shown.len() > LONGEST {
        true => {
            let (first, rest) = shown.split_at(LONGEST / 2);
            let last = &rest[rest.len() - LONGEST / 2..];
            format!("{} → … → {}", first.join(" → "), last.join(" → "))
        }
        false => shown.join(" → "),
    };
    Some(format!("Path: {shown}"))
}

/// The direct dependency that has the longest path before it.
fn deepest(analysis: &Analysis, step: &Step, depths: &mut [Option<usize>]) -> Option<usize> {
    let ids = step.fields.names("depends_on").iter();
    let steps = ids.filter_map(|id| analysis.names.step_index(&id.value));
    let mut best: Option<(usize, usize)> = None;
    for index in steps {
        let depth = depth(analysis, index, depths);
        if best.is_none_or(|(found, _)| depth > found) {
            best = Some((depth, index));
        }
    }
    best.map(|(_, index)| index)
}

/// How many steps are on the longest path to a step. The stack is explicit, since paths can be long.
fn depth(analysis: &Analysis, start: usize, depths: &mut [Option<usize>]) -> usize {
    let mut open = vec![start];
    let mut is_open = vec![false; depths.len()];
    while let Some(index) = open.last().copied() {
        is_open[index] = true;
        let ids = analysis.recipe.steps[index].fields.names("depends_on");
        let steps = ids
            .iter()
            .filter_map(|id| analysis.names.step_index(&id.value));
        let mut longest = 0;
        let mut is_known = true;
        for other in steps {
            match depths[other] {
                Some(depth) => longest = longest.max(depth + 1),
                // What is open already is a cycle.
                None if is_open[other] => {}
                None => {
                    open.push(other);
                    is_known = false;
                    break;
                }
            }
        }
        if is_known {
            depths[index] = Some(longest);
            is_open[index] = false;
            open.pop();
        }
    }
    depths[start].unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::at_cursor;

    fn check(text: &str, via: Option<&str>) -> Option<String> {
        let (analysis, offset) = at_cursor(text);
        path_to(&analysis, offset, via)
    }

    #[test]
    fn the_longest_path_is_shown_and_a_cycle_ends() {
        let text = "[[step]]\nid = 'a'\n[[step]]\nid = 'b'\ndepends_on = ['a']\n[[step]]\nid = 'c'\ndepends_on = ['a', 'b']$0\n";
        assert_eq!(check(text, None).as_deref(), Some("Path: `a` → `b` → `c`"));
        assert_eq!(check(text, Some("a")).as_deref(), Some("Path: `a` → `c`"));
        assert_eq!(check("[[step]]\nid = 'a'$0\n", None), None);
        let cycle =
            "[[step]]\nid = 'a'\ndepends_on = ['b']\n[[step]]\nid = 'b'\ndepends_on = ['a']$0\n";
        assert!(check(cycle, None).is_some());
    }

    #[test]
    fn a_long_path_is_cut_in_the_middle() {
        let mut text = "[[step]]\nid = 's0'\n".to_owned();
        for n in 1..3000 {
            text += &format!("[[step]]\nid = 's{n}'\ndepends_on = ['s{}']\n", n - 1);
        }
        let path = check(&(text + "$0"), None).unwrap_or_default();
        assert!(
            path.starts_with("Path: `s0` → `s1` → `s2` → `s3` → … → `s2996`"),
            "{path}"
        );
        assert!(path.ends_with("→ `s2999`"), "{path}");
    }
}
