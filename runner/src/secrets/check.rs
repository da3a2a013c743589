//! What a value must be like to be of use: storable on every system, passable in an environment, and
//! long enough to be masked.

use crate::mask::SHORTEST_MASKED;

/// The longest value, in bytes. Environments of Linux processes take 128 KiB for one variable.
pub const LONGEST_VALUE: usize = 64 * 1024;

/// Why a value cannot be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadValue {
    /// Nothing at all.
    #[error("the value is empty")]
    Empty,
    /// A NUL byte, which no environment variable can hold.
    #[error("the value holds a NUL byte, which no environment variable can hold")]
    Nul,
    /// Too short to be masked.
    #[error(
        "the value has {0} bytes: below {SHORTEST_MASKED} it cannot be masked in output without blanking out half of it"
    )]
    TooShort(usize),
    /// Too long for the environment of a process.
    #[error(
        "the value has {0} bytes, and at most {LONGEST_VALUE} fit in an environment variable safely"
    )]
    TooLong(usize),
}

/// Tells whether a value can be a secret. Newlines at its end do not count towards its length, since
/// the mask leaves them alone.
///
/// # Errors
/// Why it cannot.
pub fn check_value(value: &[u8]) -> Result<(), BadValue> {
    let text = value.len()
        - value
            .iter()
            .rev()
            .take_while(|b| matches!(b, b'\n' | b'\r'))
            .count();
    match text {
        _ if value.contains(&0) => Err(BadValue::Nul),
        _ if value.len() > LONGEST_VALUE => Err(BadValue::TooLong(value.len())),
        0 => Err(BadValue::Empty),
        length if length < SHORTEST_MASKED => Err(BadValue::TooShort(length)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_masked_or_passed_on_is_refused() {
        assert_eq!(check_value(b""), Err(BadValue::Empty));
        assert_eq!(check_value(b"\r\n"), Err(BadValue::Empty));
        assert_eq!(check_value(b"abc\n"), Err(BadValue::TooShort(3)));
        assert_eq!(check_value(b"abcd\0"), Err(BadValue::Nul));
        assert_eq!(check_value(b"abcd"), Ok(()));
        assert_eq!(check_value(&vec![b'x'; LONGEST_VALUE]), Ok(()));
        let long = LONGEST_VALUE + 1;
        assert_eq!(check_value(&vec![b'x'; long]), Err(BadValue::TooLong(long)));
    }
}
