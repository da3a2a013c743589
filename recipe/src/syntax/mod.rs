//! TOML 1.1 with error recovery: text in, [`Tree`] out, whatever the text.

mod tree;

pub use tree::{Entry, HeaderTable, Key, Str, StrKind, SyntaxError, Table, Tree, Value, ValueKind};
