//! What each variable of `[variables]` stands for, with the variables in its value filled in.

use std::collections::{BTreeMap, HashMap, HashSet};

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
        let written = recipe
            .variables
            .iter()
            .map(|variable| variable.name.value.as_str());
        for name in written.chain(given.keys().map(String::as_str)) {
            all.visit(name, &sources, names);
        }
        all
    }

    /// What the variable of `[variables]` or `--var` stands for.
    pub fn value(&self, name: &str) -> Option<&Template> {
        self.values.get(name)
    }

    /// The names of those that do not stand for the same in both.
    pub(crate) fn differing<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = String> + 'a {
        let broken = |all: &'a Self| all.too_long.iter().chain(all.cycles.iter().flatten());
        let all = |all: &'a Self| all.values.keys().chain(broken(all));
        let is_broken = |all: &'a Self| broken(all).collect::<HashSet<_>>();
        let (own, others) = (is_broken(self), is_broken(other));
        let names = all(self).chain(all(other));
        names
            .filter(move |name| {
                self.value(name) != other.value(name) || own.contains(name) != others.contains(name)
            })
            .cloned()
    }

    /// Whether the variable's value holds a secret, directly or through another.
    pub fn is_secret(&self, name: &str) -> bool {
        self.value(name)
            .is_some_and(|value| value.secrets().next().is_some())
    }

    /// Works out `name` and what it refers to, depth first. The stack is explicit: a file can hold
    /// a longer chain than the thread's own stack could.
    fn visit<'a>(&mut self, name: &'a str, sources: &HashMap<&'a str, Source<'a>>, names: &Names) {
        let mut open = vec![Open { name, next: 0 }];
        let mut depths = HashMap::from([(name, 0)]);
        while let Some(top) = open.last_mut() {
            let Some(source) = sources
                .get(top.name)
                .filter(|_| !self.values.contains_key(top.name))
            else {
                depths.remove(top.name);
                open.pop();
                continue;
            };
            let Some(next) = top.next_needed(source) else {
                self.finish(top.name, source, names);
                continue;
            };
            if names.is_set_by_step(next) || !sources.contains_key(next) {
                continue;
            }
            match depths.get(next) {
                Some(start) => {
                    let cycle = open.drain(*start..).map(|open| open.name.to_owned());
                    self.close_cycle(cycle.collect());
                    depths.retain(|_, depth| *depth < open.len());
                }
                None if self.values.contains_key(next) => {}
                None => {
                    depths.insert(next, open.len());
                    open.push(Open {
                        name: next,
                        next: 0,
                    });
                }
            }
        }
    }

    fn close_cycle(&mut self, cycle: Vec<String>) {
        for member in &cycle {
            self.values.insert(member.clone(), Template::default());
        }
        self.cycles.push(cycle);
    }

    fn finish(&mut self, name: &str, source: &Source, names: &Names) {
        let value = match source {
            Source::Given(value) => Template::text(*value),
            Source::Written(text) if super::is_too_long(text, names, self) => {
                self.too_long.push(name.to_owned());
                Template::default()
            }
            Source::Written(text) => super::template(text, names, self, &|_| None),
        };
        self.values.insert(name.to_owned(), value);
    }
}

/// A variable that is being worked out.
struct Open<'a> {
    name: &'a str,
    /// The first of its references that has not been looked at.
    next: usize,
}

impl<'a> Open<'a> {
    /// The next variable that its value refers to.
    fn next_needed(&mut self, source: &Source<'a>) -> Option<&'a str> {
        let Source::Written(text) = source else {
            return None;
        };
        while let Some(reference) = text.references.get(self.next) {
            self.next += 1;
            if let ReferenceKind::Variable(name) = &reference.kind {
                return Some(name);
            }
        }
        None
    }
}

/// Where the value of a variable comes from.
enum Source<'a> {
    /// `--var`
    Given(&'a str),
    /// `[variables]`
    Written(&'a Text),
}
