//! Whether a text is a date or time as TOML writes them. Nothing in a recipe is one, so that is all
//! anybody asks.

/// Whether `text` is an offset date-time, a local date-time, a local date or a local time.
pub(super) fn is_valid(text: &str) -> bool {
    let Some((date, rest)) = text.split_at_checked("2026-01-31".len()) else {
        return is_time(text);
    };
    if !is_date(date) {
        return is_time(text);
    }
    let Some(time) = rest.strip_prefix(['T', 't', ' ']) else {
        return rest.is_empty();
    };
    match time.find(['Z', 'z', '+', '-']) {
        Some(at) => is_time(&time[..at]) && is_offset(&time[at..]),
        None => is_time(time),
    }
}

fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let (Some(year), Some(month), Some(day), None) = (
        parts.next().and_then(|part| number(part, 4)),
        parts.next().and_then(|part| number(part, 2)),
        parts.next().and_then(|part| number(part, 2)),
        parts.next(),
    ) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// `07:32`, `07:32:00` or `07:32:00.5`.
fn is_time(text: &str) -> bool {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let mut parts = clock.split(':');
    let hour = parts.next().and_then(|part| number(part, 2));
    let minute = parts.next().and_then(|part| number(part, 2));
    let second = parts.next().map(|part| number(part, 2));
    let fraction_is_fine = fraction.is_none_or(|digits| {
        second.is_some() && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    });
    hour.is_some_and(|hour| hour < 24)
        && minute.is_some_and(|minute| minute < 60)
        // 60 is a leap second.
        && second.is_none_or(|second| second.is_some_and(|second| second <= 60))
        && parts.next().is_none()
        && fraction_is_fine
}

/// `Z` or `+01:00`.
fn is_offset(text: &str) -> bool {
    if matches!(text, "Z" | "z") {
        return true;
    }
    let Some((hour, minute)) = text[1..].split_once(':') else {
        return false;
    };
    number(hour, 2).is_some_and(|hour| hour < 24)
        && number(minute, 2).is_some_and(|minute| minute < 60)
}

/// `text` as a number if it has exactly that many digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    let fits = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}
