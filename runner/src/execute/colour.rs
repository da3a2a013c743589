//! Masks text as it reads without its colours.
//!
//! A command that paints a value letter by letter writes bytes that the mask does not know; a log
//! without colours, and every terminal, would put the value together again. So the text between the
//! colour sequences is masked as one stream, and the sequences go back to where they stood.

use std::collections::VecDeque;

use super::screen::colour_length;
use crate::mask::{MaskStream, Masker};

/// One stream of text, masked through its colours.
pub(super) struct ColourMask {
    mask: MaskStream,
    /// How much plain text was taken in, and how much of it was let through or masked.
    taken: usize,
    done: usize,
    /// The sequences that wait for the text before them, with their place in the plain text.
    waiting: VecDeque<(usize, String)>,
}

impl ColourMask {
    pub(super) fn new(masker: &Masker) -> Self {
        Self {
            mask: masker.stream(),
            taken: 0,
            done: 0,
            waiting: VecDeque::new(),
        }
    }

    /// Takes text whose colour sequences are whole and gives what can be shown by now.
    pub(super) fn push(&mut self, text: &str) -> String {
        let mut out = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('\x1b') {
            self.plain(&rest[..at], &mut out);
            let length = colour_length(&rest[at..]).unwrap_or(1);
            let colour = rest[at..at + length].to_owned();
            rest = &rest[at + length..];
            match self.done == self.taken {
                true => out.extend(colour.into_bytes()),
                false => self.waiting.push_back((self.taken, colour)),
            }
        }
        self.plain(rest, &mut out);
        into_text(out)
    }

    /// Gives what is still held, when nothing more will come.
    pub(super) fn finish(mut self) -> String {
        let shown = self.mask.finish();
        let mut out = Vec::new();
        self.put_back(shown, self.taken, &mut out);
        into_text(out)
    }

    fn plain(&mut self, text: &str, out: &mut Vec<u8>) {
        self.taken += text.len();
        let shown = self.mask.push(text.as_bytes());
        let done = self.taken - self.mask.held();
        self.put_back(shown, done, out);
    }

    /// Writes what the mask lets through up to `done`, with the colours that stood in it.
    fn put_back(&mut self, shown: Vec<u8>, done: usize, out: &mut Vec<u8>) {
        // What is masked becomes shorter: then no place in it is known, and the colours come first.
        let is_as_it_was = shown.len() == done - self.done;
        let mut written = 0;
        while let Some((place, colour)) = self.waiting.pop_front_if(|(place, _)| *place <= done) {
            if is_as_it_was {
                let upto = place - self.done;
                out.extend_from_slice(&shown[written..upto]);
                written = upto;
            }
            out.extend(colour.into_bytes());
        }
        out.extend_from_slice(&shown[written..]);
        self.done = done;
    }
}

/// A needle that cuts a character in two is possible: a line of a value that is no text.
fn into_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|torn| String::from_utf8_lossy(torn.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::without_colours;
    use crate::secrets::Secret;

    /// What comes out when the text arrives in these parts.
    fn shown<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
        let values = ["hunter22", "1234"].map(|it| Secret::new(it.into()));
        let mut mask = ColourMask::new(&Masker::new(&values));
        let mut out: String = parts.into_iter().map(|part| mask.push(part)).collect();
        out += &mask.finish();
        out
    }

    #[test]
    fn a_value_is_found_through_its_colours() {
        for text in [
            "see hunte\x1b[0mr22!",
            "see h\x1b[31mu\x1b[32mn\x1b[0mt\x1b[mer22!",
            "see \x1b[1mhunter2\x1b[0m2!",
        ] {
            assert_eq!(without_colours(&shown([text])), "see ***!", "{text:?}");
        }
        let in_parts = ["see hun", "\x1b[0m", "te", "r2\x1b[0m2\x1b[0m!"];
        assert_eq!(without_colours(&shown(in_parts)), "see ***!");
        // A short value is a word, whatever letter ends the sequence before it.
        let word = shown(["pin \x1b[31m1234\x1b[0m."]);
        assert_eq!(without_colours(&word), "pin ***.");
    }

    #[test]
    fn what_is_no_value_keeps_its_colours_where_they_stood() {
        let text = "\x1b[1mhunt\x1b[0mhunte\x1b[31mr2\x1b[mé 🦀 12\x1b[m3h\x1b[m";
        assert_eq!(shown([text]), text);
        let parts: Vec<&str> = text.split_inclusive('m').collect();
        assert_eq!(shown(parts), text);
    }

    #[test]
    fn a_prompt_does_not_wait() {
        let mut mask = ColourMask::new(&Masker::new(&[Secret::new(b"hunter22".to_vec())]));
        assert_eq!(
            mask.push("\x1b[1mPassword:\x1b[0m "),
            "\x1b[1mPassword:\x1b[0m "
        );
        assert_eq!(mask.push("h\x1b[m"), "");
        assert_eq!(mask.push("?"), "h\x1b[m?");
    }
}
