//! Bytes that grow and may be a value, or hold one: nothing of them stays behind in freed memory.

use zeroize::Zeroizing;

use super::Secret;

/// A growing value. It is wiped when dropped, as is every smaller place that it grew out of.
#[derive(Default)]
pub(crate) struct Buffer(Zeroizing<Vec<u8>>);

impl Buffer {
    /// Adds bytes at the end.
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        let length = self.0.len() + bytes.len();
        if self.0.capacity() < length {
            // A `Vec` that grows by itself frees the old place as it is.
            let mut grown = Vec::with_capacity(length * 2);
            grown.extend_from_slice(&self.0);
            self.0 = Zeroizing::new(grown);
        }
        self.0.extend_from_slice(bytes);
    }

    /// What is in it, to be kept.
    pub(crate) fn into_secret(mut self) -> Secret {
        Secret::new(std::mem::take(&mut self.0))
    }
}

impl std::ops::Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_in_it_however_it_grew() {
        let mut buffer = Buffer::default();
        let mut plain = Vec::new();
        for length in 0..200 {
            let bytes: Vec<u8> = (0..length).collect();
            buffer.extend(&bytes);
            plain.extend(bytes);
        }
        assert_eq!(&*buffer, plain);
        assert_eq!(buffer.into_secret().expose(), plain);
    }
}
