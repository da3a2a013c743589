//! What a step waits for, as a path that people can read.

use recipe::Analysis;

use super::wording;

/// Longer paths are cut in the middle.
const LONGEST: usize = 8;

/// The longest path of dependencies that ends in the step around `offset`: through the step `via` if
/// one is given. Nothing for a step that waits for nothing.
pub(super) fn path_to(analysis: &Analysis, offset: usize, via: Option<&str>) -> Option<String> {
    let own = wording::step_at(analysis, offset)?;
    let graph = analysis.graph();
    let path = match via {
        Some(id) => {
            let mut path = graph.path_to(analysis.names.step_index(id)?);
            path.push(own);
            path
        }
        None => {
            graph.dependencies(own).next()?;
            graph.path_to(own)
        }
    };
    let mask = analysis.mask();
    let shown = |steps: &[usize]| {
        let ids = steps.iter().map(|step| {
            let id = analysis.recipe.steps[*step].id();
            wording::code(&mask.hide(id.map_or("?", |id| id.value.as_str())))
        });
        ids.collect::<Vec<_>>().join(" → ")
    };
    let path = match path.len() > LONGEST {
        true => {
            let (first, last) = (&path[..LONGEST / 2], &path[path.len() - LONGEST / 2..]);
            format!("{} → … → {}", shown(first), shown(last))
        }
        false => shown(&path),
    };
    Some(format!("Path: {path}"))
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
