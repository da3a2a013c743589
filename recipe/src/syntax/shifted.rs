//! What moves in a tree when the text before it changes.

use super::tree::{Entry, HeaderTable, Key, Run, Str, SyntaxError, Table, Value, ValueKind};
use crate::shift::{Shift, Shiftable};

impl Shiftable for HeaderTable {
    fn shift(&mut self, shift: Shift) {
        self.path.shift(shift);
        self.header.shift(shift);
        self.table.shift(shift);
    }
}

impl Shiftable for Table {
    fn shift(&mut self, shift: Shift) {
        self.entries.shift(shift);
        self.span.shift(shift);
    }
}

impl Shiftable for Entry {
    fn shift(&mut self, shift: Shift) {
        self.key.shift(shift);
        self.value.shift(shift);
        self.span.shift(shift);
    }
}

impl Shiftable for Key {
    fn shift(&mut self, shift: Shift) {
        self.span.shift(shift);
    }
}

impl Shiftable for Value {
    fn shift(&mut self, shift: Shift) {
        self.span.shift(shift);
        match &mut self.kind {
            ValueKind::String(string) => string.shift(shift),
            ValueKind::Array(values) => values.shift(shift),
            ValueKind::Table(table) => table.shift(shift),
            ValueKind::Integer(_)
            | ValueKind::Float(_)
            | ValueKind::Boolean(_)
            | ValueKind::Datetime
            | ValueKind::Missing => {}
        }
    }
}

impl Shiftable for Str {
    fn shift(&mut self, shift: Shift) {
        self.runs.shift(shift);
        self.source_end.shift(shift);
    }
}

impl Shiftable for Run {
    fn shift(&mut self, shift: Shift) {
        self.source.shift(shift);
    }
}

impl Shiftable for SyntaxError {
    fn shift(&mut self, shift: Shift) {
        self.span.shift(shift);
        if let Some((span, _)) = &mut self.related {
            span.shift(shift);
        }
    }
}
