//! A text as an editor has it, with lines and columns counted in a simple way of its own: what a server
//! makes of the same edits is compared with it.

use serde_json::{Value, json};

/// The text, and how wide a character of it is.
#[derive(Clone, Debug)]
pub struct Mirror {
    /// The text.
    pub text: String,
    width: Width,
}

type Width = fn(char) -> usize;

/// The encodings of the protocol, by name.
const ENCODINGS: &[(&str, Width)] = &[
    ("utf-8", char::len_utf8),
    ("utf-16", char::len_utf16),
    ("utf-32", |_| 1),
];

/// The columns of each line that a cursor can be at, and the bytes there.
type Places = Vec<Vec<(u64, usize)>>;

impl Mirror {
    /// A text whose columns are counted in `encoding`, one of the protocol's.
    ///
    /// # Panics
    /// When it is none.
    pub fn new(text: &str, encoding: &str) -> Self {
        let found = ENCODINGS.iter().find(|it| it.0 == encoding);
        let (_, width) = *found.expect("utf-8, utf-16 or utf-32");
        Self {
            text: text.to_owned(),
            width,
        }
    }

    /// Replaces what is between two places, each a line and a column, and returns the change as the
    /// protocol has it.
    pub fn replace(&mut self, start: (u32, u32), end: (u32, u32), typed: &str) -> Value {
        let (from, to) = (self.offset(start), self.offset(end));
        self.text.replace_range(from.min(to)..from.max(to), typed);
        json!({"range": {"start": position(start), "end": position(end)}, "text": typed})
    }

    /// The byte at a place: the last one that a cursor can be at before it.
    pub fn offset(&self, (line, column): (u32, u32)) -> usize {
        let places = self.places();
        let line = places.get(line as usize).map(|line| line.iter().rev());
        let found = line.and_then(|mut line| line.find(|it| it.0 <= u64::from(column)));
        found.map_or(self.text.len(), |it| it.1)
    }

    /// The first place in an answer of the server that is none in the text.
    pub fn stray(&self, answer: &Value) -> Option<Value> {
        stray(answer, &self.places())
    }

    fn places(&self) -> Places {
        let mut lines = vec![vec![(0, 0)]];
        let mut characters = self.text.char_indices().peekable();
        let mut column = 0;
        while let Some((at, c)) = characters.next() {
            let mut next = at + c.len_utf8();
            if c == '\r' && characters.next_if(|(_, c)| *c == '\n').is_some() {
                next += 1;
            }
            if matches!(c, '\r' | '\n') {
                column = 0;
                lines.push(Vec::new());
            } else {
                column += (self.width)(c) as u64;
            }
            if let Some(line) = lines.last_mut() {
                line.push((column, next));
            }
        }
        lines
    }
}

/// A place as the protocol has it.
pub fn position((line, column): (u32, u32)) -> Value {
    json!({"line": line, "character": column})
}

fn stray(answer: &Value, places: &Places) -> Option<Value> {
    match answer {
        Value::Array(all) => all.iter().find_map(|it| stray(it, places)),
        Value::Object(all) => {
            let place = all.get("line").zip(all.get("character"));
            let place = place.and_then(|(line, column)| Some((line.as_u64()?, column.as_u64()?)));
            if let Some((line, column)) = place {
                let line = usize::try_from(line).ok().and_then(|it| places.get(it));
                let is_one = line.is_some_and(|line| line.iter().any(|it| it.0 == column));
                return (!is_one).then(|| answer.clone());
            }
            all.values().find_map(|it| stray(it, places))
        }
        _ => None,
    }
}
