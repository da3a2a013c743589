//! What references in shell text become.
//!
//! A value never enters the text of a script. A reference to one becomes the expansion of an
//! environment variable, placed so that it means exactly the value wherever the reference stands:
//! not split, not globbed, not expanded, not executed.
//!
//! ```text
//! curl -H "Bearer ${secret:a}" -o ${name}      becomes      curl -H "Bearer ${DOPPIO_1}" -o "${DOPPIO_2}"
//! ```
//!
//! * [`context`] finds where in the script's tree a reference stands: how it is quoted, what is around it.
//! * [`command`] reads commands as lists of words, and [`reparse`] knows which of them are parsed a second
//!   time, as the argument of `sh -c` is, by which of the [`programs`] that do so. [`interpreters`] do it in a
//!   language of their own; [`fetch`] knows what a download keeps from them. [`facts`] are what all of a script says, found once for all marks.
//! * [`rewrite`] puts the expansion in; [`verify`] reads the result again and trusts only what it finds
//!   where it was meant to be. Whatever is not certain is refused: [`Why`] says what to write instead.
//! * [`exposure`] finds secrets that get where others see them, by one of the [`sinks`]: an argument of an
//!   external program, a URL, the output, the trace. That is a warning, never a refusal.
//!   [`carriers`] knows how a value gets from one command to another before that, and [`tells`] which commands
//!   print what variables hold.
//! * [`fault`] finds syntax errors, where two parsers agree on one.
//! * [`assigned`] finds the variables that a script sets.
//! * [`colour`] tells an editor what the parts of a script are.
//! * [`memory`] remembers judgements by text, since parsing shell is what costs.
//!
//! The judgement is about the text: what a script does later with a value that it was given (writing it
//! into a script and running that, `eval "$1"` in a function of its own) is the script's own affair.

mod assigned;
mod carriers;
mod colour;
mod command;
mod context;
mod exposure;
mod facts;
mod fault;
mod fetch;
mod grammar;
mod interpreters;
mod memory;
mod parse;
mod programs;
mod refusal;
mod reparse;
mod rewrite;
mod sinks;
mod tells;
mod variables;
mod verify;

use std::ops::Range;

pub use assigned::{Assigned, Assignment, assigned};
pub use colour::{Colour, colours};
pub use exposure::Exposure;
pub use fault::Fault;
pub use memory::Memory;
pub use refusal::{Refusal, Why};
pub use sinks::Sink;
pub use variables::{Named, places_of};

use context::{Place, Quoting};

/// A reference in a shell text to a value that is data, never code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// Where `${…}` stands in the text.
    pub span: Range<usize>,
    /// The environment variable that will hold the value, `DOPPIO_1`.
    pub variable: String,
    /// Whether the value is secret, so that showing it to a host's other users is worth a warning.
    pub secret: bool,
}

/// The most marks of one text that are judged: whoever edits it waits for that.
pub const MOST_MARKS: usize = 1_000;

/// What [`judge`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// The script to run. Only where [`Judgement::refusals`] is empty; the text as it was otherwise.
    pub rewritten: String,
    /// Marks in a comment, or written `\${` outside single quotes: they stay as they are.
    pub left_alone: Vec<usize>,
    /// Marks whose value cannot be placed with certainty, in the order of the marks.
    pub refusals: Vec<Refusal>,
    /// Secrets that others will see, in the order of the text.
    pub exposures: Vec<Exposure>,
}

/// Judges a shell text whose `marks` stand in ascending order and do not overlap. `secret_env` names the
/// variables that the operation's `env` table sets to a secret.
///
/// A text without marks in which no name of `secret_env` occurs is not parsed.
pub fn judge(text: &str, marks: &[Mark], secret_env: &[String]) -> Judgement {
    let unchanged = || Judgement {
        rewritten: text.to_owned(),
        ..Judgement::default()
    };
    if marks.is_empty() && !secret_env.iter().any(|name| text.contains(name.as_str())) {
        return unchanged();
    }
    let refused = |why| Judgement {
        refusals: refusal::of_each(marks, &why),
        ..unchanged()
    };
    if marks.len() > MOST_MARKS {
        return refused(Why::TooMany);
    }
    let Some(script) = parse::Script::with_stand_ins(text, marks) else {
        return refused(Why::Unverified);
    };
    let facts = facts::Facts::of(&script);

    let mut refusals = Vec::new();
    let mut left_alone = Vec::new();
    let mut places: Vec<(usize, Place)> = Vec::new();
    for (mark, Mark { span, .. }) in marks.iter().enumerate() {
        match context::place(&facts, span) {
            Ok(place) if place.quoting == Quoting::LeftAlone => left_alone.push(mark),
            Ok(place) => places.push((mark, place)),
            Err(why) => refusals.push(Refusal { mark, why }),
        }
    }
    let exposures = exposure::find(text, &script, marks, secret_env, &left_alone);
    let mut rewritten = None;
    if refusals.is_empty() {
        let rewrite = rewrite::apply(text, marks, &places);
        match verify::check(&script, &rewrite, &places) {
            Ok(()) => rewritten = Some(rewrite.text),
            Err(refused) => refusals = refused,
        }
    }
    Judgement {
        rewritten: rewritten.unwrap_or_else(|| text.to_owned()),
        left_alone,
        refusals,
        exposures,
    }
}

/// `text` with a word in the place of each mark, if they are marks of it.
pub fn with_stand_ins(text: &str, marks: &[Mark]) -> Option<String> {
    parse::with_stand_ins(text, marks)
}

/// The syntax error of a shell text with `marks`, if it has one.
pub fn fault(text: &str, marks: &[Mark]) -> Option<Fault> {
    fault::find(&parse::with_stand_ins(text, marks)?)
}

/// Whether `offset` is inside single quotes or a here-document with a quoted delimiter, where a
/// backslash is plain text and `\${` therefore still a reference.
pub fn in_single_quotes(text: &str, offset: usize) -> bool {
    parse::Script::of(text).is_some_and(|script| context::is_raw(&script, offset))
}

#[cfg(test)]
mod tests;
