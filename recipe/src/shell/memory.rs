//! Judgements, remembered by the text they are about.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Fault, Judgement, Mark, fault, judge};

/// Remembers judgements for as long as analyses ask for them.
///
/// An editor analyses the whole recipe on each change, and all but one of its shell texts are as they
/// were. Call [`Memory::sweep`] after each analysis.
#[derive(Debug, Default)]
pub struct Memory {
    /// By text: what was asked about it, nearly always one thing.
    entries: HashMap<String, Vec<Entry>>,
    /// By text, with the analysis that last asked for it.
    faults: HashMap<String, (Option<Fault>, u64)>,
    analysis: u64,
}

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
        if let Some((fault, used)) = self.faults.get_mut(text) {
            *used = self.analysis;
            return fault.clone();
        }
        let fault = fault(text, marks);
        let entry = (fault.clone(), self.analysis);
        self.faults.insert(text.to_owned(), entry);
        fault
    }

    /// Ends an analysis: forgets what neither it nor the one before asked for.
    pub fn sweep(&mut self) {
        let before = self.analysis.saturating_sub(1);
        self.entries.retain(|_, entries| {
            entries.retain(|entry| entry.used >= before);
            !entries.is_empty()
        });
        self.faults.retain(|_, (_, used)| *used >= before);
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
