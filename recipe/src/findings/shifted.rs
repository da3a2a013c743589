//! What moves in findings when the text before them changes.

use super::{Found, ShellFinding};
use crate::credentials::Credential;
use crate::diagnostic::{Diagnostic, Edit, Fix, Related};
use crate::shift::{Shift, Shiftable};

impl Shiftable for Found {
    fn shift(&mut self, shift: Shift) {
        self.diagnostics.shift(shift);
        self.shell.shift(shift);
        self.credentials.shift(shift);
        self.too_long.shift(shift);
    }
}

impl Shiftable for ShellFinding {
    fn shift(&mut self, shift: Shift) {
        self.span.shift(shift);
    }
}

impl Shiftable for Credential {
    fn shift(&mut self, shift: Shift) {
        self.span.shift(shift);
    }
}

impl Shiftable for Diagnostic {
    fn shift(&mut self, shift: Shift) {
        self.span.shift(shift);
        self.related.shift(shift);
        self.fixes.shift(shift);
    }
}

impl Shiftable for Related {
    fn shift(&mut self, shift: Shift) {
        self.span.shift(shift);
    }
}

impl Shiftable for Fix {
    fn shift(&mut self, shift: Shift) {
        self.edits.shift(shift);
    }
}

impl Shiftable for Edit {
    fn shift(&mut self, shift: Shift) {
        self.span.shift(shift);
    }
}
