//! Bash's grammar over the tokens of a script: the first token that cannot stand where it does.
//!
//! `brush` goes back and tries again, so that the place where it gives up may lie behind the one that is
//! wrong. This never goes back, as bash does not: it stops where bash stops, and knows what is open there.
//! Every recursion is by a token that [`super::verify::is_shallow`] counts.

mod condition;

use brush_parser::Token;

/// Where reading ends before the script does, or with it too early.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// A token that cannot stand there, by its index: none where the script ends.
    Wrong {
        token: Option<usize>,
        /// The innermost construct that is open: its first token, and the word that it waits for.
        open: Option<(usize, &'static str)>,
    },
    /// Bash reads more into this than its manual says.
    Unsure,
}

type Read<T = ()> = Result<T, Stop>;

/// Reads a whole script.
pub(super) fn read(tokens: &[Token]) -> Read {
    let mut reader = Reader {
        tokens,
        at: 0,
        open: Vec::new(),
    };
    reader.list()?;
    match reader.at == tokens.len() {
        true => Ok(()),
        false => Err(reader.wrong()),
    }
}

/// Words that end, or go on with, what a reserved word began.
const CLOSERS: &[&str] = &["then", "elif", "else", "fi", "do", "done", "esac", "}"];

/// What ends a list of commands although it is no word.
const ENDS: &[&str] = &[")", ";;", ";&", ";;&"];

/// What stands before the name of a file, or before what is read instead of one.
const REDIRECTIONS: &[&str] = &[
    "<", ">", ">>", "<&", ">&", "<>", ">|", "&>", "&>>", "<<<", "<<", "<<-",
];

struct Reader<'t> {
    tokens: &'t [Token],
    at: usize,
    open: Vec<(usize, &'static str)>,
}

impl<'t> Reader<'t> {
    /// Commands up to a word that ends them; how many.
    fn list(&mut self) -> Read<usize> {
        let mut commands = 0;
        loop {
            self.newlines();
            let ends = self.is_operator(ENDS) || self.is_word(CLOSERS);
            if ends || self.at == self.tokens.len() {
                return Ok(commands);
            }
            self.and_or()?;
            commands += 1;
            if !self.operator(&[";", "&", "\n"]) {
                return Ok(commands);
            }
        }
    }

    fn and_or(&mut self) -> Read {
        self.pipeline()?;
        while self.operator(&["&&", "||"]) {
            self.newlines();
            self.pipeline()?;
        }
        Ok(())
    }

    fn pipeline(&mut self) -> Read {
        let start = self.at;
        while self.word(&["!"]) || self.time() {}
        let ends = self.at == self.tokens.len() || self.is_operator(&["\n", ";"]);
        if self.at > start && ends {
            return Ok(());
        }
        self.command()?;
        while self.operator(&["|", "|&"]) {
            self.newlines();
            self.time();
            self.command()?;
        }
        Ok(())
    }

    fn time(&mut self) -> bool {
        let is_there = self.word(&["time"]);
        if is_there {
            self.word(&["-p"]);
        }
        is_there
    }

    fn command(&mut self) -> Read {
        if self.is_word(CLOSERS) || self.is_word(&["!", "in", "]]"]) {
            return Err(self.wrong());
        }
        if self.word(&["function"]) {
            self.any_word()?;
            if self.operator(&["("]) {
                self.expect_operator(")")?;
            }
            return self.body();
        }
        if self.word(&["coproc"]) {
            if self.compound()? {
                return Ok(());
            }
            if self.opens(self.at + 1) {
                self.any_word()?;
                return self.body();
            }
            return self.simple();
        }
        match self.compound()? {
            true => Ok(()),
            false => self.simple(),
        }
    }

    /// The body of a function.
    fn body(&mut self) -> Read {
        self.newlines();
        match self.compound()? {
            true => Ok(()),
            false => Err(self.wrong()),
        }
    }

    /// Whether the token at that index begins a compound command.
    fn opens(&self, at: usize) -> bool {
        const OPENERS: &[&str] = &["{", "if", "while", "until", "for", "select", "case", "[["];
        match self.tokens.get(at) {
            Some(Token::Operator(operator, _)) => operator == "(",
            Some(Token::Word(word, _)) => OPENERS.contains(&word.as_str()),
            None => false,
        }
    }

    /// A compound command and its redirections, if one stands here.
    fn compound(&mut self) -> Read<bool> {
        if !self.opens(self.at) {
            return Ok(false);
        }
        let first = self.tokens[self.at].to_str();
        self.open.push((self.at, ""));
        let is_arithmetic = first == "(" && self.arithmetic(self.at).is_some();
        if !is_arithmetic {
            self.at += 1;
        }
        match first {
            "(" if is_arithmetic => self.skip_arithmetic()?,
            "(" => {
                self.waits_for(")");
                self.commands()?;
                self.expect_operator(")")?;
            }
            "{" => self.until("}")?,
            "if" => {
                self.until("then")?;
                self.waits_for("fi");
                self.commands()?;
                while self.word(&["elif"]) {
                    self.until("then")?;
                    self.waits_for("fi");
                    self.commands()?;
                }
                if self.word(&["else"]) {
                    self.commands()?;
                }
                self.expect_word("fi")?;
            }
            "while" | "until" => {
                self.until("do")?;
                self.until("done")?;
            }
            "for" | "select" => self.for_each()?,
            "case" => self.case()?,
            _ => self.condition()?,
        }
        self.open.pop();
        while self.redirection()? {}
        Ok(true)
    }

    fn for_each(&mut self) -> Read {
        self.waits_for("do");
        if self.is_operator(&["("]) {
            if self.arithmetic(self.at).is_none() {
                return Err(Stop::Unsure);
            }
            self.skip_arithmetic()?;
            self.operator(&[";"]);
            self.newlines();
        } else {
            self.any_word()?;
            let is_alone = self.operator(&[";"]);
            self.newlines();
            if !is_alone && self.word(&["in"]) {
                while self.argument()? {}
                if !self.operator(&[";", "\n"]) {
                    return Err(self.wrong());
                }
                self.newlines();
            }
        }
        match self.word(&["{"]) {
            true => self.until("}"),
            false => {
                self.expect_word("do")?;
                self.until("done")
            }
        }
    }

    fn case(&mut self) -> Read {
        self.waits_for("in");
        self.any_word()?;
        self.newlines();
        self.expect_word("in")?;
        self.waits_for("esac");
        self.newlines();
        while !self.word(&["esac"]) {
            self.operator(&["("]);
            self.any_word()?;
            while self.operator(&["|"]) {
                self.any_word()?;
            }
            self.expect_operator(")")?;
            self.list()?;
            if !self.operator(&[";;", ";&", ";;&"]) {
                return self.expect_word("esac");
            }
            self.newlines();
        }
        Ok(())
    }

    /// A command of words, assignments and redirections, or the definition of a function.
    fn simple(&mut self) -> Read {
        let start = self.at;
        loop {
            if self.redirection()? || self.argument()? {
                continue;
            }
            let is_name = self.at == start + 1 && matches!(self.tokens[start], Token::Word(..));
            let is_array = self.at > start && self.is_array();
            if is_array {
                self.array()?;
            } else if is_name && self.is_operator(&["("]) && self.says(self.at + 1, ")") {
                self.at += 2;
                return self.body();
            } else if self.at == start || self.is_operator(&["("]) {
                return Err(self.wrong());
            } else {
                return Ok(());
            }
        }
    }

    /// Whether a `(` stands directly behind `name=`.
    fn is_array(&self) -> bool {
        let before = &self.tokens[self.at - 1];
        matches!(before, Token::Word(word, _) if word.ends_with('='))
            && self.is_operator(&["("])
            && before.location().end.index == self.tokens[self.at].location().start.index
    }

    fn array(&mut self) -> Read {
        self.open.push((self.at, ")"));
        self.at += 1;
        self.newlines();
        while self.argument()? {
            self.newlines();
        }
        self.expect_operator(")")?;
        self.open.pop();
        Ok(())
    }

    /// A redirection, if one stands here. The whole here-document is the three words behind its operator.
    fn redirection(&mut self) -> Read<bool> {
        if self.is_substitution() || !self.is_operator(REDIRECTIONS) {
            return Ok(false);
        }
        let is_here_document = self.is_operator(&["<<", "<<-"]);
        self.at += 1;
        if !self.argument()? {
            return Err(self.wrong());
        }
        if is_here_document {
            self.any_word()?;
            self.any_word()?;
        }
        Ok(true)
    }

    /// A word or a process substitution, if one stands here.
    fn argument(&mut self) -> Read<bool> {
        if self.is_substitution() {
            self.open.push((self.at, ")"));
            self.at += 2;
            self.list()?;
            self.expect_operator(")")?;
            self.open.pop();
            return Ok(true);
        }
        let is_word = matches!(self.tokens.get(self.at), Some(Token::Word(..)));
        self.at += usize::from(is_word);
        Ok(is_word)
    }

    /// Whether `<(` or `>(` stands here.
    fn is_substitution(&self) -> bool {
        self.is_operator(&["<", ">"]) && self.is_joined(self.at, "(")
    }

    /// Where the `))` ends that closes the `((` at `start`, if that is one: `((a); b)` is not.
    fn arithmetic(&self, start: usize) -> Option<usize> {
        let mut depth = 0_usize;
        let mut inner = None;
        if !self.is_joined(start, "(") {
            return None;
        }
        for (at, token) in self.tokens.iter().enumerate().skip(start) {
            match token {
                Token::Operator(operator, _) if operator == "(" => depth += 1,
                Token::Operator(operator, _) if operator == ")" => {
                    depth = depth.checked_sub(1)?;
                    match depth {
                        0 => return (inner == Some(at - 1)).then_some(at + 1),
                        1 => inner = inner.or(Some(at)),
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        None
    }

    fn skip_arithmetic(&mut self) -> Read {
        self.at = self.arithmetic(self.at).ok_or(Stop::Unsure)?;
        Ok(())
    }

    /// At least one command.
    fn commands(&mut self) -> Read {
        match self.list()? {
            0 => Err(self.wrong()),
            _ => Ok(()),
        }
    }

    /// Commands, and the word that ends them.
    fn until(&mut self, closer: &'static str) -> Read {
        self.waits_for(closer);
        self.commands()?;
        self.expect_word(closer)
    }

    fn waits_for(&mut self, closer: &'static str) {
        if let Some((_, waits_for)) = self.open.last_mut() {
            *waits_for = closer;
        }
    }

    fn wrong(&self) -> Stop {
        Stop::Wrong {
            token: (self.at < self.tokens.len()).then_some(self.at),
            open: self.open.last().copied(),
        }
    }

    fn newlines(&mut self) {
        while self.operator(&["\n"]) {}
    }

    fn any_word(&mut self) -> Read {
        match self.tokens.get(self.at) {
            Some(Token::Word(..)) => self.at += 1,
            _ => return Err(self.wrong()),
        }
        Ok(())
    }

    fn expect_word(&mut self, word: &str) -> Read {
        match self.word(&[word]) {
            true => Ok(()),
            false => Err(self.wrong()),
        }
    }

    fn expect_operator(&mut self, operator: &str) -> Read {
        match self.operator(&[operator]) {
            true => Ok(()),
            false => Err(self.wrong()),
        }
    }

    /// Takes one of these words, if it stands here.
    fn word(&mut self, words: &[&str]) -> bool {
        let is_there = self.is_word(words);
        self.at += usize::from(is_there);
        is_there
    }

    /// Takes one of these operators, if it stands here.
    fn operator(&mut self, operators: &[&str]) -> bool {
        let is_there = self.is_operator(operators);
        self.at += usize::from(is_there);
        is_there
    }

    fn is_word(&self, words: &[&str]) -> bool {
        let token = self.tokens.get(self.at);
        matches!(token, Some(Token::Word(word, _)) if words.contains(&word.as_str()))
    }

    fn is_operator(&self, operators: &[&str]) -> bool {
        let token = self.tokens.get(self.at);
        matches!(token, Some(Token::Operator(it, _)) if operators.contains(&it.as_str()))
    }

    /// Whether the token at that index is this operator.
    fn says(&self, at: usize, operator: &str) -> bool {
        matches!(self.tokens.get(at), Some(Token::Operator(it, _)) if it == operator)
    }

    /// Whether this operator follows the token at that index without a blank.
    fn is_joined(&self, at: usize, operator: &str) -> bool {
        let end = self.tokens.get(at).map(|it| it.location().end.index);
        let start = self.tokens.get(at + 1).map(|it| it.location().start.index);
        self.says(at + 1, operator) && end == start
    }
}
