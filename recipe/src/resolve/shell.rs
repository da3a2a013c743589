//! Shell text: text variables are pasted as they stand, data becomes marks, and quoting is judged
//! on the finished script.

use std::ops::Range;
use std::sync::Arc;

use super::{StepIndices, Variables, pieces, push_text};
use crate::model::Text;
use crate::names::Names;
use crate::plan::{Piece, Script, Template, VALUE_PREFIX};
use crate::reference::ReferenceKind;
use crate::shell::{Judgement, Mark, Memory, in_single_quotes};
use crate::span::Span;

/// A shell text with its text variables pasted, before its data is placed.
#[derive(Debug, Default)]
pub(crate) struct Pasted {
    /// The script. Data stands in it as `${…}`, at the marks.
    pub(crate) text: String,
    pub(crate) marks: Vec<Mark>,
    /// For each mark the reference of the original text that it comes from.
    origins: Vec<usize>,
    /// What the marks' environment variables hold: one for each value, however often it is used.
    bindings: Vec<(String, Template)>,
    /// Where the parts of `text` come from: their start here, and their source.
    parts: Vec<(usize, Source)>,
}

#[derive(Clone, Copy, Debug)]
enum Source {
    /// As it stands, from this offset of the decoded text.
    Text(usize),
    /// What the reference of this index stands for.
    Reference(usize),
}

/// Pastes what is text and marks what is data.
pub(crate) fn paste(
    text: &Text,
    names: &Names,
    variables: &Variables,
    steps: &StepIndices<'_>,
) -> Pasted {
    let mut pasted = Pasted::default();
    let mut done = 0;
    for (index, reference) in text.references.iter().enumerate() {
        let Some(found) = pieces(reference, names, variables, steps) else {
            continue; // The shell's own, or an error that a check reports.
        };
        if is_escaped(text.as_str(), reference.range.start)
            && found.iter().all(|piece| matches!(piece, Piece::Text(_)))
            && reference.kind != ReferenceKind::Escape
        {
            continue; // `\${name}`: text that looks like a reference.
        }
        pasted.text_from(text, done..reference.range.start);
        pasted
            .parts
            .push((pasted.text.len(), Source::Reference(index)));
        let written = &text.as_str()[reference.range.clone()];
        let alone = found.len() == 1;
        for piece in found {
            match piece {
                Piece::Text(text) => pasted.text.push_str(&text),
                data => pasted.mark(data, index, alone.then_some(written)),
            }
        }
        done = reference.range.end;
    }
    pasted.text_from(text, done..text.as_str().len());
    pasted
}

/// Whether the reference at `offset` is written `\${…}` where a backslash means something.
fn is_escaped(text: &str, offset: usize) -> bool {
    let backslashes = text[..offset]
        .bytes()
        .rev()
        .take_while(|byte| *byte == b'\\')
        .count();
    backslashes % 2 == 1 && !in_single_quotes(text, offset)
}

impl Pasted {
    /// Pastes a part of the text itself. Lines of a file that ends them with CR LF end with LF here,
    /// since a shell takes the CR for a part of the last word; an escaped `\r` stays.
    fn text_from(&mut self, text: &Text, range: Range<usize>) {
        let mut start = range.start;
        while start < range.end {
            let rest = &text.as_str()[start..range.end];
            let line_end = rest
                .match_indices("\r\n")
                .map(|(at, _)| start + at)
                .find(|at| text.source.span_of(*at, at + 2).len() == 2);
            let end = line_end.unwrap_or(range.end);
            self.parts.push((self.text.len(), Source::Text(start)));
            self.text.push_str(&text.as_str()[start..end]);
            start = line_end.map_or(end, |end| end + 1);
        }
    }

    fn mark(&mut self, data: Piece, origin: usize, written: Option<&str>) {
        let secret = matches!(data, Piece::Secret(_));
        let shown = written.map_or_else(|| data.written(|step| step.to_string()), str::to_owned);
        let value = Template(vec![data]);
        let known = self.bindings.iter().position(|(_, bound)| *bound == value);
        let index = known.unwrap_or_else(|| {
            let variable = format!("{VALUE_PREFIX}{}", self.bindings.len() + 1);
            self.bindings.push((variable, value));
            self.bindings.len() - 1
        });
        let start = self.text.len();
        self.text.push_str(&shown);
        self.marks.push(Mark {
            span: start..self.text.len(),
            variable: self.bindings[index].0.clone(),
            secret,
        });
        self.origins.push(origin);
    }

    /// Judges the script. `secret_env` names the variables of the `env` table that hold a secret.
    pub(crate) fn judge(&self, secret_env: &[String], memory: &mut Memory) -> Arc<Judgement> {
        memory.judge(&self.text, &self.marks, secret_env)
    }

    /// The script that runs, of a judgement without refusals.
    pub(crate) fn finish(self, judgement: &Judgement) -> Script {
        let left_alone = |variable: &str| {
            let marks = self
                .marks
                .iter()
                .enumerate()
                .filter(|(_, mark)| mark.variable == variable);
            marks
                .map(|(index, _)| index)
                .all(|index| judgement.left_alone.contains(&index))
        };
        let bindings = self
            .bindings
            .iter()
            .filter(|(variable, _)| !left_alone(variable));
        Script {
            text: judgement.rewritten.clone(),
            bindings: bindings.cloned().collect(),
            source: self.source(),
        }
    }

    /// The script before it was rewritten, with its data where it stands.
    fn source(&self) -> Template {
        let mut source = Template::default();
        let mut done = 0;
        for mark in &self.marks {
            push_text(&mut source, &self.text[done..mark.span.start]);
            let bound = self
                .bindings
                .iter()
                .find(|(name, _)| *name == mark.variable);
            source
                .0
                .extend(bound.into_iter().flat_map(|(_, value)| value.0.clone()));
            done = mark.span.end;
        }
        push_text(&mut source, &self.text[done..]);
        source
    }

    /// The parts of the script, each with the reference that brought it, if one did.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (Range<usize>, Option<usize>)> {
        let starts = self.parts.iter().skip(1).map(|(start, _)| *start);
        let ends = starts.chain([self.text.len()]);
        self.parts.iter().zip(ends).map(|((start, source), end)| {
            let reference = match source {
                Source::Reference(index) => Some(*index),
                Source::Text(_) => None,
            };
            (*start..end, reference)
        })
    }

    /// The data in a part of the script, where it stands.
    pub(crate) fn data_in(
        &self,
        part: Range<usize>,
    ) -> impl Iterator<Item = (Range<usize>, &Piece)> {
        let here = move |mark: &&Mark| part.start <= mark.span.start && mark.span.end <= part.end;
        self.marks.iter().filter(here).filter_map(|mark| {
            let bound = self
                .bindings
                .iter()
                .find(|(name, _)| *name == mark.variable);
            Some((mark.span.clone(), bound?.1.0.first()?))
        })
    }

    /// The reference of `text` that a mark comes from, in the file.
    pub(crate) fn span_of_mark(&self, text: &Text, mark: usize) -> Span {
        text.references[self.origins[mark]].span
    }

    /// Where a range of the script stands in the file: exactly where it is the text's own, else
    /// the reference that brought it.
    pub(crate) fn span_of(&self, text: &Text, range: &Range<usize>) -> Span {
        let start = self.place(text, range.start, false);
        let end = self.place(text, range.end, true);
        Span::new(start, end.max(start))
    }

    /// The part of the text itself that a range of the script is, which may be a place beside a reference; nothing
    /// where a reference brought some of it.
    pub(crate) fn own(&self, text: &Text, range: &Range<usize>) -> Option<Range<usize>> {
        let starts = self.parts.iter().skip(1).map(|(start, _)| *start);
        let ends = starts.chain([self.text.len()]);
        let parts = || self.parts.iter().zip(ends.clone());
        let inside = parts().find_map(|((start, source), end)| match source {
            Source::Text(decoded) if *start <= range.start && range.end <= end => {
                Some(decoded + (range.start - start)..decoded + (range.end - start))
            }
            _ => None,
        });
        let beside = || {
            parts().find_map(|((start, source), end)| match source {
                Source::Reference(index) if range.is_empty() => {
                    let written = &text.references[*index].range;
                    let at_end = (range.end == end).then_some(written.end);
                    let at = at_end.or((range.start == *start).then_some(written.start))?;
                    Some(at..at)
                }
                _ => None,
            })
        };
        inside.or_else(beside)
    }

    fn place(&self, text: &Text, offset: usize, as_end: bool) -> usize {
        let inside = |start: usize| {
            if as_end {
                start < offset
            } else {
                start <= offset
            }
        };
        let index = self
            .parts
            .partition_point(|(start, _)| inside(*start))
            .saturating_sub(1);
        match self.parts.get(index) {
            Some((start, Source::Text(decoded))) => {
                let at = decoded + (offset - start);
                let span = text.source.span_of(at, at);
                if as_end { span.end } else { span.start }
            }
            Some((_, Source::Reference(reference))) => {
                let span = text.references[*reference].span;
                if as_end { span.end } else { span.start }
            }
            None => text.span.start,
        }
    }
}
