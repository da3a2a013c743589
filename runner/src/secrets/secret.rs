//! One value in memory: shared, wiped when the last holder drops it, and impossible to print by
//! accident.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretSlice};
use zeroize::Zeroize;

/// The value of a secret. Clones share one buffer, which is wiped when the last of them goes.
///
/// [`Secret::expose`] is the only way to the bytes. There is no way to show, serialise or compare
/// one:
///
/// ```
/// let secret = runner::secrets::Secret::new(b"hunter22".to_vec());
/// assert_eq!(format!("{secret:?}"), "[REDACTED]");
/// ```
/// ```compile_fail,E0277
/// println!("{}", runner::secrets::Secret::new(b"hunter22".to_vec()));
/// ```
/// ```compile_fail,E0277
/// serde_json::to_string(&runner::secrets::Secret::new(b"hunter22".to_vec()));
/// ```
/// ```compile_fail,E0369
/// let secret = runner::secrets::Secret::new(b"hunter22".to_vec());
/// assert!(secret == secret.clone());
/// ```
#[derive(Clone)]
pub struct Secret(Arc<SecretSlice<u8>>);

impl Secret {
    /// Takes a value over, leaving no copy of it behind.
    pub fn new(mut value: Vec<u8>) -> Self {
        if value.capacity() == value.len() {
            return Self(Arc::new(SecretSlice::from(value)));
        }
        // Shrinking may move the bytes and leave the old ones in freed memory: copy, then wipe.
        let exact: Box<[u8]> = Box::from(value.as_slice());
        value.zeroize();
        Self(Arc::new(SecretSlice::from(exact)))
    }

    /// The value. Whoever calls this answers for where the bytes go.
    pub fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_value_and_clones_share_it() {
        let mut roomy = Vec::with_capacity(64);
        roomy.extend_from_slice(b"hunter22");
        let secret = Secret::new(roomy);
        assert_eq!(
            format!("{secret:?} {:#?}", Some(&secret)),
            "[REDACTED] Some(\n    [REDACTED],\n)"
        );
        let clone = secret.clone();
        assert_eq!(clone.expose(), b"hunter22");
        assert!(std::ptr::eq(clone.expose(), secret.expose()));
    }
}
