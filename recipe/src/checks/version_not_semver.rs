use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const CHECK: Check = Check {
    code: "version-not-semver",
    severity: Severity::Hint,
    title: "A version that does not follow semantic versioning",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let version = context
        .recipe
        .meta
        .as_ref()
        .and_then(|meta| meta.name("version"));
    let Some(version) = version.filter(|it| !it.value.is_empty() && !is_semver(&it.value)) else {
        return;
    };
    let message =
        "semantic versioning is recommended, such as 1.0.0: three numbers, which say what changed";
    let mut diagnostic = CHECK.at(version.span, message);
    if let Some(right) = completed(&version.value) {
        diagnostic = diagnostic.fix(format!("Change to {right}"), version.span, right);
    }
    found.push(diagnostic);
}

/// `MAJOR.MINOR.PATCH`, then `-PRE.RELEASE`, then `+BUILD`.
fn is_semver(version: &str) -> bool {
    let (version, build) = split(version, '+');
    let (core, pre) = split(version, '-');
    let numbers: Vec<&str> = core.split('.').collect();
    let word = |word: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let is_numeric = |word: &str| word.chars().all(|c| c.is_ascii_digit());
    numbers.len() == 3
        && numbers.iter().all(|it| is_number(it))
        && pre.is_none_or(|pre| {
            pre.split('.')
                .all(|it| word(it) && (!is_numeric(it) || is_number(it)))
        })
        && build.is_none_or(|build| build.split('.').all(word))
}

/// The version that `v1.2` or `1` stands for.
fn completed(version: &str) -> Option<String> {
    let bare = version.trim().trim_start_matches(['v', 'V']);
    let zeros = ["", ".0", ".0.0"].iter();
    zeros
        .map(|zeros| format!("{bare}{zeros}"))
        .find(|version| is_semver(version))
}

fn is_number(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'))
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at)
        .map_or((text, None), |(left, right)| (left, Some(right)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_grammar_of_semantic_versioning() {
        for good in [
            "0.0.0",
            "1.20.3",
            "1.0.0-rc.1",
            "1.0.0-alpha-a.b+001",
            "1.0.0+b-1.exp",
        ] {
            assert!(is_semver(good), "{good}");
        }
        for bad in [
            "1", "1.2", "1.2.3.4", "v1.2.3", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3+", "1.2.x",
        ] {
            assert!(!is_semver(bad), "{bad}");
        }
        assert_eq!(completed("v1.2").as_deref(), Some("1.2.0"));
        assert_eq!(completed("nightly"), None);
    }
}
