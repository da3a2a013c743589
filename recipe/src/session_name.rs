//! The names that tmux takes as they are and that mean the same where a session is looked for.

use std::ops::Range;

use crate::is_hostile;

/// Why a text is not the name of a tmux session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSessionName {
    /// Nothing but blanks.
    #[error("the name of a tmux session cannot be blank")]
    Blank,
    /// A first character that tmux takes for an option, an id or a pattern: `-`, `$`, `@`, `%`, `=`.
    #[error(
        "the name of a tmux session starts with a letter, a digit or '_', since tmux takes {0:?} at its start for something else"
    )]
    First(char),
    /// `.` and `:`.
    #[error(
        "tmux does not allow {0:?} in the name of a session: it separates windows and panes by '.' and ':'"
    )]
    Separator(char),
    /// `#`, which starts a format.
    #[error("tmux expands what follows a '#' in the name of a session, and may run it")]
    Format,
    /// `;` at the end.
    #[error("tmux takes a ';' at the end of a name for the end of a command")]
    LastSemicolon,
    /// A character that is not seen, or that moves others.
    #[error("{0:?} cannot be part of the name of a tmux session: nobody can see or type it")]
    Hostile(char),
}

/// All that is wrong with `name`, and where.
pub fn session_name_problems(name: &str) -> Vec<(Range<usize>, BadSessionName)> {
    if name.trim().is_empty() {
        return vec![(0..name.len(), BadSessionName::Blank)];
    }
    let problem = |(at, c): (usize, char)| {
        let end = at + c.len_utf8();
        let bad = match c {
            '.' | ':' => BadSessionName::Separator(c),
            '#' => BadSessionName::Format,
            _ if c.is_control() || is_hostile(c) => BadSessionName::Hostile(c),
            _ if at == 0 && !c.is_alphanumeric() && c != '_' => BadSessionName::First(c),
            ';' if end == name.len() => BadSessionName::LastSemicolon,
            _ => return None,
        };
        Some((at..end, bad))
    };
    name.char_indices().filter_map(problem).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_names_are_those_that_tmux_leaves_alone() {
        for good in ["recipe", "train-1", "_x", "ünï", "two words", "a;b"] {
            assert_eq!(session_name_problems(good), [], "{good}");
        }
        for bad in [
            "",
            " ",
            " a",
            "a.b",
            "a:b",
            "$1",
            "@1",
            "-d",
            "=x",
            "#(id)",
            "a#{pid}",
            "a\nb",
            "a;",
            "a\u{202e}b",
            "a\u{200b}",
        ] {
            assert_eq!(session_name_problems(bad).len(), 1, "{bad}");
        }
    }
}
