//! Judgements, remembered by the text they are about.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Fault, Judgement, Mark, fault, judge};

/// Remembers judgements for as long as analyses ask for them.
///
/// After most changes an editor asks about one step only. After some it asks about the whole recipe, and
/// all but a few of its shell texts are as they were. Call [`Memory::sweep`] after each analysis.
#[derive(Debug, Default)]
pub struct Memory {
    /// By text: what was asked about it, nearly always one thing.
    entries: HashMap<String, Vec<Entry>>,
    /// By text, with the analysis that last asked for it.
    faults: HashMap<String, (Option<Fault>, u64)>,
    analysis: u64,
    /// How often something was asked since the last analysis.
    asked: usize,
    /// How many texts the last analysis of a whole recipe left.
    kept: usize,
}

/// So many texts, and as many as the recipe has, gather between two analyses of the whole.
const MOST_GATHERED: usize = 1024;

#[derive(Debug)]
struct Entry {
    marks: Vec<Mark>,
    secret_env: Vec<String>,
    judgement: Arc<Judgement>,
    /// The analysis that last asked for it.
    used: u64,
}

impl Memory {
    /// [`judge`], or what it said when it was last asked the same.
    pub fn judge(&mut self, text: &str, marks: &[Mark], secret_env: &[String]) -> Arc<Judgement> {
        let known = self.entries.get_mut(text).and_then(|entries| {
            let same = |entry: &&mut Entry| entry.marks == marks && entry.secret_env == secret_env;
            entries.iter_mut().find(same)
        });
        if let Some(entry) = known {
            entry.used = self.analysis;
            return Arc::clone(&entry.judgement);
        }
        let judgement = Arc::new(judge(text, marks, secret_env));
        let entry = Entry {
            marks: marks.to_vec(),
            secret_env: secret_env.to_vec(),
            judgement: Arc::clone(&judgement),
            used: self.analysis,
        };
        self.entries.entry(text.to_owned()).or_default().push(entry);
        judgement
    }

    /// [`fault`], or what it said of the same text.
    pub fn fault(&mut self, text: &str, marks: &[Mark]) -> Option<Fault> {
        self.asked += 1;
        if let Some((fault, used)) = self.faults.get_mut(text) {
            *used = self.analysis;
            return fault.clone();
        }
        let fault = fault(text, marks);
        let entry = (fault.clone(), self.analysis);
        self.faults.insert(text.to_owned(), entry);
        fault
    }

    /// Ends an analysis. One of a whole recipe forgets what neither it nor the one before asked for; one
    /// of a few steps cannot tell what is of use.
    pub fn sweep(&mut self) {
        let is_whole = 2 * std::mem::take(&mut self.asked) >= self.faults.len();
        if !is_whole {
            if self.faults.len() > 2 * self.kept + MOST_GATHERED {
                self.entries.clear();
                self.faults.clear();
            }
            return;
        }
        let before = self.analysis.saturating_sub(1);
        self.entries.retain(|_, entries| {
            entries.retain(|entry| entry.used >= before);
            !entries.is_empty()
        });
        self.faults.retain(|_, (_, used)| *used >= before);
        self.kept = self.faults.len();
        self.analysis += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_analyses_did_not_ask_for_is_forgotten() {
        let mut memory = Memory::default();
        let mark = [Mark {
            span: 5..9,
            variable: "V".to_owned(),
            secret: false,
        }];
        let first = memory.judge("echo ${a}", &mark, &[]);
        memory.sweep();
        memory.sweep();
        assert_eq!(memory.entries.len(), 1);
        memory.sweep();
        assert_eq!(memory.entries.len(), 0);

        let again = memory.judge("echo ${a}", &mark, &[]);
        assert_eq!(first, again);
        memory.sweep();
        assert!(Arc::ptr_eq(&again, &memory.judge("echo ${a}", &mark, &[])));
        memory.sweep();
        assert!(Arc::ptr_eq(&again, &memory.judge("echo ${a}", &mark, &[])));
    }

    #[test]
    fn another_mark_or_variable_is_another_question() {
        let mut memory = Memory::default();
        let mark = |secret| {
            [Mark {
                span: 5..9,
                variable: "V".to_owned(),
                secret,
            }]
        };
        let plain = memory.judge("curl ${a}", &mark(false), &[]);
        let secret = memory.judge("curl ${a}", &mark(true), &[]);
        assert_eq!(plain.exposures.len(), 0);
        assert_eq!(secret.exposures.len(), 1);
    }
}
