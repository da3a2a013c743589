//! What stands in `[[ ]]`.

use brush_parser::Token;

use super::{Read, Reader, Stop};

/// What compares two words in `[[ ]]`.
const COMPARISONS: &[&str] = &[
    "=", "==", "!=", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-ef", "-nt", "-ot",
];

impl Reader<'_> {
    /// What stands in `[[ ]]`.
    pub(super) fn condition(&mut self) -> Read {
        self.waits_for("]]");
        self.tests()?;
        self.expect_word("]]")
    }

    fn tests(&mut self) -> Read {
        loop {
            self.test()?;
            self.newlines();
            if !self.operator(&["&&", "||"]) {
                return Ok(());
            }
        }
    }

    fn test(&mut self) -> Read {
        self.newlines();
        if self.word(&["!"]) {
            return self.test();
        }
        if self.operator(&["("]) {
            self.tests()?;
            return self.expect_operator(")");
        }
        let first = self.tokens.get(self.at).map_or("", Token::to_str);
        let is_unary = first.len() == 2
            && first.starts_with('-')
            && first.ends_with(|c: char| c.is_ascii_alphabetic());
        self.operand()?;
        if self.word(&["=~"]) {
            return self.regex();
        }
        let is_binary = self.word(COMPARISONS) || self.operator(&["<", ">"]);
        match (is_unary, is_binary) {
            // Bash reads `-z = x` in more than one way.
            (true, true) => Err(Stop::Unsure),
            (false, false) => Ok(()),
            _ => self.operand(),
        }
    }

    fn operand(&mut self) -> Read {
        match self.is_word(&["]]"]) {
            true => Err(self.wrong()),
            false => self.any_word(),
        }
    }

    /// What follows `=~`, in which brackets and bars are none of the shell's.
    fn regex(&mut self) -> Read {
        let (start, mut depth) = (self.at, 0_usize);
        while let Some(token) = self.tokens.get(self.at) {
            let is_end = matches!(token.to_str(), "]]" | "&&" | "||" | "\n" | ")");
            match token.to_str() {
                _ if depth == 0 && is_end => break,
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
        match self.at > start {
            true => Ok(()),
            false => Err(self.wrong()),
        }
    }
}
