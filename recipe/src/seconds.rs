//! Times as people say them.

/// So many seconds as people say it: `5400` is `1 hour 30 minutes`. Nothing where the number says it
/// well enough by itself.
pub fn duration(seconds: u64) -> Option<String> {
    (seconds >= 60).then(|| in_words(seconds))
}

/// The same of any number.
pub fn in_words(seconds: u64) -> String {
    let units = [
        (86_400, "day"),
        (3600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let mut left = seconds;
    let mut words = Vec::new();
    for (size, unit) in units {
        let count = left / size;
        left %= size;
        if count > 0 {
            let ending = if count == 1 { "" } else { "s" };
            words.push(format!("{count} {unit}{ending}"));
        }
    }
    match words.is_empty() {
        true => "0 seconds".to_owned(),
        false => words.join(" "),
    }
}

/// So many seconds in as little room as possible, rounded up where the smaller units do not matter:
/// `16470` is `4 h 35 min`.
pub fn in_short(seconds: u64) -> String {
    let (size, (large, unit), (small, part)) = match seconds {
        86_400.. => (3600, (86_400, "d"), (3600, "h")),
        3600.. => (60, (3600, "h"), (60, "min")),
        _ => (1, (60, "min"), (1, "s")),
    };
    let rounded = seconds.div_ceil(size).saturating_mul(size);
    match (rounded / large, rounded % large / small) {
        (0, rest) => format!("{rest} {part}"),
        (count, 0) => format!("{count} {unit}"),
        (count, rest) => format!("{count} {unit} {rest} {part}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_said_as_people_say_them() {
        assert_eq!(duration(59), None);
        assert_eq!(in_words(0), "0 seconds");
        let short = [0, 90, 3600, 3601, 16_470, 90_000, 90_001].map(in_short);
        assert_eq!(
            short,
            [
                "0 s",
                "1 min 30 s",
                "1 h",
                "1 h 1 min",
                "4 h 35 min",
                "1 d 1 h",
                "1 d 2 h"
            ]
        );
        assert_eq!(duration(60).as_deref(), Some("1 minute"));
        assert_eq!(duration(5400).as_deref(), Some("1 hour 30 minutes"));
        assert_eq!(
            duration(90_061).as_deref(),
            Some("1 day 1 hour 1 minute 1 second")
        );
    }
}
