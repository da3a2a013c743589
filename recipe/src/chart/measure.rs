//! How wide a text is at most, whatever sans-serif font shows it: by classes of characters, each as
//! wide as its widest member in DejaVu Sans and Verdana, the widest fonts in common use.

use unicode_width::UnicodeWidthChar;

/// The width of `text` in a font of `size`.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(ems).sum::<f64>() * size
}

/// As much of `text` as fits into `limit`, with an ellipsis if that is not all.
pub(super) fn fit(text: &str, size: f64, limit: f64) -> String {
    if width(text, size) <= limit {
        return text.to_owned();
    }
    let mut left = limit - width("…", size);
    let fits = |c: &char| {
        left -= ems(*c) * size;
        left >= 0.0
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{}…", kept.trim_end())
}

fn ems(c: char) -> f64 {
    match c {
        ' ' | 'f' | 'i' | 'j' | 'l' | 't' | 'r' | 'I' | 'J' | '.' | ',' | ':' | ';' | '\''
        | '|' | '!' | '/' | '\\' | '(' | ')' | '[' | ']' | '`' | '-' => 0.46,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 1.1,
        'a'..='z' | '0'..='9' | '_' | '"' | '*' | '^' | '$' | '?' | '{' | '}' => 0.66,
        '\0'..='\x7f' => 0.85,
        // Letters beyond ASCII differ more, and emoji are wider than their line is high.
        _ => match c.width() {
            Some(0) => 0.0,
            Some(1) => 1.0,
            _ => 1.4,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_wide_is_cut() {
        assert_eq!(fit("short", 10.0, 100.0), "short");
        let long = "a name that goes on and on and on";
        let cut = fit(long, 10.0, 100.0);
        assert!(cut.ends_with('…') && width(&cut, 10.0) <= 100.0, "{cut}");
        assert_eq!(fit("長い名前", 10.0, 30.0), "長…");
    }
}
