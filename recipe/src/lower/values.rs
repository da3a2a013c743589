//! One value, read by the kind that the table of the language asks for.

use super::merge::{self, Content, Item, Merged};
use super::{Lowering, spanned};
use crate::language::{CONDITIONS, CONSTANT_CONDITIONS, Kind, Operation, Role};
use crate::model::{Arg, Field, Fields, Problem, Text};
use crate::reference::{self, Reference};
use crate::span::{Span, Spanned};
use crate::syntax::{Str, Value, ValueKind};

/// How deep conditions may nest.
const MAX_DEPTH: usize = 50;

impl Lowering {
    /// The value of key `name`.
    pub(super) fn value(&mut self, name: &str, value: &Value, kind: Kind) -> Arg {
        self.nested(name, value, kind, 0)
    }

    /// The value of key `name` where it is a table, inline or under a header.
    pub(super) fn table(&mut self, name: &str, table: &Merged, kind: Kind) -> Arg {
        self.nested_table(name, table, kind, 0)
    }

    /// A value in `[variables]`, `env` or `headers`.
    pub(super) fn map_value(&mut self, item: &Item, role: Role) -> Option<Text> {
        let (span, found, quotable) = match &item.value {
            Content::Value(value) => match &value.kind {
                ValueKind::String(source) => return Some(text(source, value.span, role)),
                ValueKind::Missing => return None,
                kind => (value.span, kind.described(), is_quotable(kind)),
            },
            Content::Table(table) => (table.span, "a table", false),
            Content::Tables(_) => (item.key.span, "an array of tables", false),
        };
        self.problems.push(Problem::WrongType {
            span,
            name: item.key.name.clone(),
            expected: Kind::Text(role),
            found,
            quotable,
        });
        None
    }

    /// Reports that the value of key `name` is not of `kind`.
    pub(super) fn wrong_type(&mut self, name: &str, value: &Value, kind: Kind) {
        if matches!(value.kind, ValueKind::Missing) {
            return; // The syntax layer has said so.
        }
        let wants_string = matches!(kind, Kind::Text(_) | Kind::Name(_) | Kind::Enumeration(_));
        self.problems.push(Problem::WrongType {
            span: value.span,
            name: name.to_owned(),
            expected: kind,
            found: value.kind.described(),
            quotable: wants_string && is_quotable(&value.kind),
        });
    }

    fn nested(&mut self, name: &str, value: &Value, kind: Kind, depth: usize) -> Arg {
        if let Some(table) = merge::inline(value) {
            return self.nested_table(name, &table, kind, depth);
        }
        match (kind, &value.kind) {
            (Kind::Text(role), ValueKind::String(source)) => {
                Arg::Text(text(source, value.span, role))
            }
            (Kind::Name(_), ValueKind::String(source)) => Arg::Name(named(source, value.span)),
            (Kind::Boolean, ValueKind::Boolean(it)) => Arg::Boolean(*it),
            (Kind::Enumeration(words), ValueKind::String(source)) => {
                self.among(name, named(source, value.span), words)
            }
            (Kind::Condition, ValueKind::String(source)) => {
                let word = named(source, value.span);
                if !CONSTANT_CONDITIONS.contains(&word.value.as_str()) {
                    let known = CONSTANT_CONDITIONS
                        .iter()
                        .copied()
                        .chain(names_of(CONDITIONS));
                    let (name, known) = (name.to_owned(), known.collect());
                    self.problems.push(Problem::NotAmong {
                        value: word,
                        name,
                        known,
                    });
                    return Arg::Invalid;
                }
                Arg::Variant(
                    word,
                    Fields {
                        span: value.span,
                        items: Vec::new(),
                    },
                )
            }
            (Kind::Integer(allowed), ValueKind::Integer(it)) => {
                #[expect(clippy::cast_precision_loss, reason = "only its sign is looked at")]
                self.in_range(name, value.span, *it as f64, allowed);
                Arg::Integer(*it)
            }
            (Kind::Number(allowed), ValueKind::Integer(_) | ValueKind::Float(_)) => {
                let number = match value.kind {
                    #[expect(clippy::cast_precision_loss, reason = "a duration or a size")]
                    ValueKind::Integer(it) => it as f64,
                    ValueKind::Float(it) => it,
                    _ => return Arg::Invalid,
                };
                self.in_range(name, value.span, number, allowed);
                Arg::Number(number)
            }
            (Kind::Texts(role), ValueKind::Array(values)) => {
                Arg::Texts(
                    self.strings(name, values, kind, |source, span| text(source, span, role)),
                )
            }
            (Kind::StepIds, ValueKind::Array(values)) => {
                Arg::Names(self.strings(name, values, kind, named))
            }
            (Kind::Conditions, ValueKind::Array(values)) => {
                let mut inner = |value| self.nested(name, value, Kind::Condition, depth + 1);
                Arg::Many(values.iter().map(&mut inner).collect())
            }
            _ => {
                self.wrong_type(name, value, kind);
                Arg::Invalid
            }
        }
    }

    fn nested_table(&mut self, name: &str, table: &Merged, kind: Kind, depth: usize) -> Arg {
        match kind {
            Kind::Map(role) => {
                // One that is not typed yet takes no place.
                let is_there = |item: &&Item| !item.key.span.is_empty();
                let named = table.items.iter().filter(is_there);
                let entries =
                    named.filter_map(|item| Some((spanned(item.key), self.map_value(item, role)?)));
                Arg::Map(entries.collect())
            }
            Kind::Table(params) => Arg::Fields(self.fields(table, &format!("'{name}'"), params)),
            Kind::OneOf(variants) => self.variant(name, table, variants, depth),
            Kind::Condition if depth < MAX_DEPTH => self.variant(name, table, CONDITIONS, depth),
            _ => {
                self.problems.push(Problem::WrongType {
                    span: table.span,
                    name: name.to_owned(),
                    expected: kind,
                    found: "a table",
                    quotable: false,
                });
                Arg::Invalid
            }
        }
    }

    /// A table with exactly one key out of `variants`.
    fn variant(
        &mut self,
        name: &str,
        table: &Merged,
        variants: &'static [Operation],
        depth: usize,
    ) -> Arg {
        let mut chosen = None;
        let mut extra = Vec::new();
        let mut unknown = false;
        for item in &table.items {
            match variants
                .iter()
                .find(|variant| variant.name == item.key.name)
            {
                Some(spec) if chosen.is_none() => chosen = Some((item, spec)),
                Some(_) => extra.push(spanned(item.key)),
                None => {
                    unknown = true;
                    self.unknown(item.key, &format!("'{name}'"), names_of(variants).collect());
                }
            }
        }
        if !extra.is_empty() || (chosen.is_none() && !unknown) {
            self.problems.push(Problem::NotExactlyOne {
                span: chosen
                    .as_ref()
                    .map_or(table.span, |(item, _)| item.key.span),
                owner: format!("'{name}'"),
                extra,
                known: names_of(variants).collect(),
            });
        }
        let Some((item, spec)) = chosen else {
            return Arg::Invalid;
        };
        Arg::Variant(spanned(item.key), self.variant_fields(item, spec, depth))
    }

    /// The fields of a variant; one with a single nameless parameter is that value itself.
    fn variant_fields(&mut self, item: &Item, spec: &'static Operation, depth: usize) -> Fields {
        if let [only] = spec.params
            && only.name.is_empty()
        {
            let (value, span) = match &item.value {
                Content::Value(value) => (
                    self.nested(spec.name, value, only.kind, depth + 1),
                    value.span,
                ),
                Content::Table(table) => (
                    self.nested_table(spec.name, table, only.kind, depth + 1),
                    table.span,
                ),
                Content::Tables(_) => (Arg::Invalid, item.key.span),
            };
            let field = Field {
                spec: only,
                key: item.key.span,
                span,
                value,
            };
            return Fields {
                span,
                items: vec![field],
            };
        }
        match &item.value {
            Content::Table(table) => self.fields(table, &format!("'{}'", spec.name), spec.params),
            Content::Value(value) => {
                self.wrong_type(spec.name, value, Kind::Table(spec.params));
                Fields {
                    span: value.span,
                    items: Vec::new(),
                }
            }
            Content::Tables(_) => Fields {
                span: item.key.span,
                items: Vec::new(),
            },
        }
    }

    fn among(&mut self, name: &str, word: Spanned<String>, words: &[&'static str]) -> Arg {
        if words.contains(&word.value.as_str()) {
            return Arg::Name(word);
        }
        let (name, known) = (name.to_owned(), words.to_vec());
        self.problems.push(Problem::NotAmong {
            value: word,
            name,
            known,
        });
        Arg::Invalid
    }

    fn in_range(&mut self, name: &str, span: Span, number: f64, allowed: crate::language::Range) {
        if !allowed.contains(number) || !number.is_finite() {
            self.problems.push(Problem::OutOfRange {
                span,
                name: name.to_owned(),
                allowed,
            });
        }
    }

    /// The strings of an array; any other element is a problem.
    fn strings<T>(
        &mut self,
        name: &str,
        values: &[Value],
        kind: Kind,
        make: impl Fn(&Str, Span) -> T,
    ) -> Vec<T> {
        let mut all = Vec::new();
        for value in values {
            match &value.kind {
                ValueKind::String(source) => all.push(make(source, value.span)),
                ValueKind::Missing => {}
                other => self.problems.push(Problem::WrongType {
                    span: value.span,
                    name: name.to_owned(),
                    expected: kind,
                    found: other.described(),
                    quotable: is_quotable(other),
                }),
            }
        }
        all
    }
}

/// A string with its references.
fn text(source: &Str, span: Span, role: Role) -> Text {
    let found = reference::scan(&source.text, role == Role::Shell);
    let references = found.into_iter().map(|found| Reference {
        span: source.span_of(found.range.start, found.range.end),
        name_span: source.span_of(found.name.start, found.name.end),
        range: found.range,
        kind: found.kind,
    });
    Text {
        references: references.collect(),
        source: source.clone(),
        span,
        role,
    }
}

/// A string that is not scanned. Its span is what stands between the quotes.
fn named(source: &Str, span: Span) -> Spanned<String> {
    let inner = source.span_of(0, source.text.len());
    let place = if source.text.is_empty() { span } else { inner };
    Spanned::new(source.text.clone(), place)
}

/// Whether quotes around the value make it a string that says the same.
fn is_quotable(kind: &ValueKind) -> bool {
    matches!(
        kind,
        ValueKind::Integer(_) | ValueKind::Float(_) | ValueKind::Boolean(_) | ValueKind::Datetime
    )
}

fn names_of(variants: &'static [Operation]) -> impl Iterator<Item = &'static str> {
    variants.iter().map(|variant| variant.name)
}
