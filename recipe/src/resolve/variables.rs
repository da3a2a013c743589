//! What each variable of `[variables]` stands for, with the variables in its value filled in.

use std::collections::{BTreeMap, HashMap};

use crate::model::{Recipe, Text};
use crate::names::Names;
use crate::plan::Template;
use crate::reference::ReferenceKind;

/// A text that would be longer than this with its variables filled in is refused: a few variables
/// that double one another would otherwise fill the memory. In bytes.
pub const MAX_EXPANDED: usize = 1 << 20;

/// The values of `[variables]`.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    /// By name. One that is in a cycle or too long is empty.
    values: HashMap<String, Template>,
    /// Variables that refer to one another in a circle: each in the order in which they do.
    pub cycles: Vec<Vec<String>>,
    /// Variables whose value would be longer than [`MAX_EXPANDED`].
    pub too_long: Vec<String>,
}

impl Variables {
    /// Works out all values. `given` (`--var`) replaces values and is not scanned.
    pub(crate) fn of(recipe: &Recipe, names: &Names, given: &BTreeMap<String, String>) -> Self {
        let mut sources: HashMap<&str, Source> = HashMap::new();
        for (name, value) in given {
            sources.insert(name, Source::Given(value));
        }
        for variable in &recipe.variables {
            if let Some(text) = &variable.value {
                sources
                    .entry(&variable.name.value)
                    .or_insert(Source::Written(text));
            }
        }
        let mut all = Self::default();
        let mut open = Vec::new();
        for variable in &recipe.variables {
            all.visit(&variable.name.value, &sources, names, &mut open);
        }
        for name in given.keys() {
            all.visit(name, &sources, names, &mut open);
        }
        all
    }

    /// What the variable of `[variables]` or `--var` stands for.
    pub fn value(&self, name: &str) -> Option<&Template> {
        self.values.get(name)
    }

    /// Whether the variable's value holds a secret, directly or through another.
    pub fn is_secret(&self, name: &str) -> bool {
        self.value(name)
            .is_some_and(|value| value.secrets().next().is_some())
    }

    /// Works out `name` and what it refers to, depth first. `open` is the explicit stack: a file
    /// can hold a longer chain than the thread's stack could.
    fn visit<'a>(
        &mut self,
        name: &'a str,
        sources: &HashMap<&'a str, Source<'a>>,
        names: &Names,
        open: &mut Vec<&'a str>,
    ) {
        open.push(name);
        while let Some(&current) = open.last() {
            let Some(source) = sources.get(current) else {
                open.pop();
                continue;
            };
            let next = match source {
                _ if self.values.contains_key(current) => None,
                Source::Given(_) => None,
                Source::Written(text) => self.next_open(text, sources, names),
            };
            match next {
                Some(next) => match open.iter().position(|it| *it == next) {
                    Some(start) => {
                        let cycle = &open[start..];
                        self.cycles
                            .push(cycle.iter().map(|it| (*it).to_owned()).collect());
                        for member in cycle {
                            self.values
                                .insert((*member).to_owned(), Template::default());
                        }
                        open.truncate(start);
                    }
                    None => open.push(next),
                },
                None => {
                    self.finish(current, source, names);
                    open.pop();
                }
            }
        }
    }

    /// A variable that `text` refers to and that has no value yet.
    fn next_open<'a>(
        &self,
        text: &'a Text,
        sources: &HashMap<&'a str, Source<'a>>,
        names: &Names,
    ) -> Option<&'a str> {
        text.references
            .iter()
            .find_map(|reference| match &reference.kind {
                ReferenceKind::Variable(name) => {
                    let known = sources.contains_key(name.as_str()) && !names.is_set_by_step(name);
                    (known && !self.values.contains_key(name)).then_some(name.as_str())
                }
                _ => None,
            })
    }

    fn finish(&mut self, name: &str, source: &Source, names: &Names) {
        if self.values.contains_key(name) {
            return;
        }
        let value = match source {
            Source::Given(value) => Template::text(*value),
            Source::Written(text) if super::is_too_long(text, names, self) => {
                self.too_long.push(name.to_owned());
                Template::default()
            }
            Source::Written(text) => super::template(text, names, self, &HashMap::new()),
        };
        self.values.insert(name.to_owned(), value);
    }
}

/// Where the value of a variable comes from.
enum Source<'a> {
    /// `--var`
    Given(&'a str),
    /// `[variables]`
    Written(&'a Text),
}
