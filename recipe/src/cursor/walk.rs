//! The way from the start of a text, or of a table, to the cursor, keeping what is open.

use super::scan::{Scanner, Token, is_header, line_end};
use super::{Cursor, OpenReference, Place, Slot};
use crate::language::{STEP, operation, param};
use crate::span::Span;

/// Something that is open: the table of a header, an inline table or an array.
#[derive(Debug)]
struct Frame {
    kind: FrameKind,
    /// The tables and keys that lead to it.
    path: Vec<String>,
    /// Its keys; of an array, its strings.
    names: Vec<String>,
    state: State,
    /// The key that is being read.
    key: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FrameKind {
    Header,
    Inline,
    Array,
}

/// What comes next in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A key, or a further part of it.
    Key,
    /// `.` or `=`
    AfterKey,
    Value,
    /// `,`, a line end or what closes the frame.
    AfterValue,
}

/// The walk.
pub(super) struct Walk<'a> {
    text: &'a str,
    offset: usize,
    words: Scanner<'a>,
    header: Option<usize>,
    frames: Vec<Frame>,
    found: Option<Found>,
}

/// What stands under the cursor. The names that follow beside it are still to be collected.
#[derive(Debug)]
struct Found {
    cursor: Cursor,
    /// The index of the frame that it is in.
    depth: usize,
    /// Whether that frame has no further names.
    is_complete: bool,
}

impl<'a> Walk<'a> {
    /// The way from `start`, where a header is or the text begins.
    pub(super) fn new(text: &'a str, start: usize, offset: usize) -> Self {
        Self {
            text,
            offset,
            words: Scanner::new(text, start),
            header: None,
            frames: vec![Frame::new(FrameKind::Header, Vec::new())],
            found: None,
        }
    }

    pub(super) fn run(mut self) -> Cursor {
        while let Some((token, span)) = self.words.next() {
            if self.found.is_none() {
                self.mend(token, span);
                if self.reaches(token, span) {
                    self.find(token, span);
                }
            }
            if self.found.as_ref().is_some_and(|found| found.is_complete) {
                break;
            }
            self.step(token, span);
        }
        if self.found.is_none() {
            self.find(Token::Newline, Span::at(self.text.len()));
        }
        self.shrink(0);
        self.found.expect("it was found just now").cursor
    }

    /// Whether the cursor is at this word or before it.
    fn reaches(&self, token: Token, span: Span) -> bool {
        match token {
            Token::Word | Token::Comment => self.offset <= span.end,
            Token::String(quotes) if quotes.closed => self.offset < span.end,
            Token::String(_) => self.offset <= span.end,
            Token::Newline => self.offset <= span.start || self.offset < span.end,
            Token::Punctuation(_) => self.offset <= span.start,
        }
    }

    /// Records what the cursor, which is in or before this word, stands on.
    fn find(&mut self, token: Token, span: Span) {
        let inside =
            span.start < self.offset || (token == Token::Word && span.start == self.offset);
        let frame = self.top();
        let place = match frame.state {
            _ if token == Token::Comment && inside => Place::Nothing,
            State::Key => Place::Key {
                word: match token {
                    Token::Word | Token::String(_) if inside => span,
                    _ => Span::at(self.offset),
                },
                assigned: self.is_assigned(inside),
                at_line_start: frame.kind == FrameKind::Header && frame.key.is_empty(),
                siblings: Vec::new(),
            },
            State::Value => self.value_place(token, span, inside),
            State::AfterKey | State::AfterValue => Place::Nothing,
        };
        let names_follow = frame.state == State::Key && frame.key.is_empty()
            || frame.state == State::Value && frame.kind == FrameKind::Array;
        self.found = Some(Found {
            cursor: Cursor {
                path: frame.path.iter().chain(&frame.key).cloned().collect(),
                header: self.header,
                place,
            },
            depth: self.frames.len() - 1,
            is_complete: !names_follow,
        });
    }

    fn value_place(&self, token: Token, span: Span, inside: bool) -> Place {
        let in_array = self.top().kind == FrameKind::Array;
        match token {
            Token::String(quotes) if quotes.content.touches(self.offset) && inside => {
                Place::String {
                    quotes,
                    siblings: Vec::new(),
                    in_array,
                    reference: OpenReference::around(self.text, quotes.content, self.offset),
                }
            }
            Token::String(_) if inside => Place::Nothing,
            Token::Word if inside => Place::Value {
                word: span,
                siblings: Vec::new(),
                in_array,
            },
            _ => Place::Value {
                word: Span::at(self.offset),
                siblings: Vec::new(),
                in_array,
            },
        }
    }

    /// Whether what follows the key under the cursor is `=` or `.`.
    fn is_assigned(&self, inside_key: bool) -> bool {
        inside_key
            && matches!(
                self.words.peek(),
                Some((Token::Punctuation(b'=' | b'.'), _))
            )
    }

    fn step(&mut self, token: Token, span: Span) {
        if self.found.is_some() {
            self.mend(token, span);
        }
        let depth = self.frames.len();
        let frame = self.frames.last_mut().expect("the header's frame stays");
        match (token, frame.state) {
            (Token::Comment, _) => {}
            (Token::Newline, _) if depth == 1 => frame.restart(),
            (Token::Newline, _) => {}
            (Token::Punctuation(b'['), State::Key) if depth == 1 && frame.key.is_empty() => {
                self.read_header(span);
            }
            (Token::Punctuation(b'['), State::Value) => self.open(FrameKind::Array),
            (Token::Punctuation(b'{'), State::Value) => self.open(FrameKind::Inline),
            (Token::Punctuation(b']' | b'}'), _) if depth > 1 => {
                self.shrink(depth - 1);
                self.top_mut().state = State::AfterValue;
            }
            (Token::Punctuation(b','), _) => frame.restart(),
            (Token::Punctuation(b'='), _) => frame.state = State::Value,
            (Token::Punctuation(b'.'), State::AfterKey) => frame.state = State::Key,
            (Token::Punctuation(_), _) => {}
            (Token::Word | Token::String(_), State::Key) => {
                let name = unquoted(self.text, token, span);
                if frame.key.is_empty() {
                    frame.names.push(name.to_owned());
                }
                frame.key.push(name.to_owned());
                frame.state = State::AfterKey;
            }
            (Token::Word | Token::String(_), State::Value) => {
                if frame.kind == FrameKind::Array {
                    frame
                        .names
                        .push(unquoted(self.text, token, span).to_owned());
                }
                frame.state = State::AfterValue;
            }
            (Token::Word | Token::String(_), State::AfterKey | State::AfterValue) => {}
        }
    }

    /// Closes what was forgotten to be closed: a header of a recipe, or a key of a step where a
    /// comma or another value had to be, belongs to nothing that is still open.
    fn mend(&mut self, token: Token, span: Span) {
        let starts_line = self.text[..span.start].ends_with(['\n', '\r']);
        let is_key = token == Token::Word
            && matches!(self.words.peek(), Some((Token::Punctuation(b'='), _)));
        let frame = self.top();
        if self.frames.len() > 1 && starts_line {
            let line = &self.text[span.start..line_end(self.text, span.start)];
            let word = &self.text[span.range()];
            let foreign = is_key
                && (frame.kind == FrameKind::Array
                    || frame.state == State::AfterValue
                    || is_step_key(word) && !frame.knows(word));
            if foreign || is_header(line) {
                self.shrink(1);
                self.top_mut().restart();
            }
        } else if is_key && frame.kind == FrameKind::Inline && frame.state != State::Key {
            self.top_mut().restart();
        }
    }

    /// Reads a header up to the end of its line, from its first bracket.
    fn read_header(&mut self, first: Span) {
        let mut path = Vec::new();
        let mut end = first.end;
        while let Some((token, span)) = self.words.peek() {
            match token {
                Token::Newline | Token::Comment => break,
                Token::Word | Token::String(_) => {
                    path.push(unquoted(self.text, token, span).to_owned());
                }
                Token::Punctuation(_) => {}
            }
            end = span.end;
            self.words.next();
        }
        self.shrink(0);
        self.header = Some(first.start);
        let mut frame = Frame::new(FrameKind::Header, path);
        frame.state = State::AfterValue;
        self.frames.push(frame);
        if self.found.is_none() && first.start < self.offset && self.offset <= end {
            self.found = Some(Found {
                cursor: Cursor {
                    path: Vec::new(),
                    header: self.header,
                    place: Place::Header {
                        span: Span::new(first.start, end),
                    },
                },
                depth: 0,
                is_complete: true,
            });
        }
    }

    /// Leaves all frames but the outermost `keep`.
    fn shrink(&mut self, keep: usize) {
        if let Some(found) = &mut self.found
            && !found.is_complete
            && found.depth >= keep
        {
            found
                .cursor
                .add_siblings(self.text, &self.frames[found.depth].names);
            found.is_complete = true;
        }
        self.frames.truncate(keep);
    }

    fn open(&mut self, kind: FrameKind) {
        let top = self.top();
        let path = top.path.iter().chain(&top.key).cloned().collect();
        self.frames.push(Frame::new(kind, path));
    }

    fn top(&self) -> &Frame {
        self.frames.last().expect("the header's frame stays")
    }

    fn top_mut(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("the header's frame stays")
    }
}

impl Frame {
    fn new(kind: FrameKind, path: Vec<String>) -> Self {
        let mut frame = Self {
            kind,
            path,
            names: Vec::new(),
            state: State::Key,
            key: Vec::new(),
        };
        frame.restart();
        frame
    }

    /// The next key, or the next value of an array, comes.
    fn restart(&mut self) {
        self.key.clear();
        self.state = match self.kind {
            FrameKind::Array => State::Value,
            FrameKind::Header | FrameKind::Inline => State::Key,
        };
    }

    /// Whether the language has that key here, or leaves the names to the user.
    fn knows(&self, key: &str) -> bool {
        Slot::at(&self.path).is_none_or(|slot| {
            let keys = slot.keys();
            keys.is_empty() || keys.iter().any(|known| known.name() == key)
        })
    }
}

impl Cursor {
    /// Adds the names beside what was found; `names` holds that itself too.
    fn add_siblings(&mut self, text: &str, names: &[String]) {
        let (own, siblings) = match &mut self.place {
            Place::Key { word, siblings, .. } | Place::Value { word, siblings, .. } => {
                (*word, siblings)
            }
            Place::String {
                quotes, siblings, ..
            } => (quotes.content, siblings),
            Place::Nothing | Place::Header { .. } => return,
        };
        *siblings = names.to_vec();
        let own = text[own.range()].trim_matches(['"', '\'']);
        if let Some(index) = siblings.iter().position(|name| name == own) {
            siblings.remove(index);
        }
    }
}

fn is_step_key(word: &str) -> bool {
    param(STEP, word).is_some() || operation(word).is_some()
}

/// What a word or string says, escapes left as they are.
fn unquoted(text: &str, token: Token, span: Span) -> &str {
    match token {
        Token::String(quotes) => &text[quotes.content.range()],
        _ => &text[span.range()],
    }
}
