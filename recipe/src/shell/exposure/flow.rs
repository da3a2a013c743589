//! How secrets get on within a script: into the arguments of functions, the variables that `read` sets, the words
//! of another command; and the commands that print what variables hold.

use std::ops::Range;

use tree_sitter::Node;

use super::{Exposure, Search, Source};
use crate::shell::carriers::{self, function_around, is_position};
use crate::shell::command::Word;
use crate::shell::sinks::{self, Sink};
use crate::shell::tells::{self, Declaration, Told};

impl<'t> Search<'t> {
    /// `set -- …`: from here on the script's arguments hold what the words hold.
    pub(super) fn set_positions(&mut self, words: &[Word<'t>]) {
        let Some(words) = carriers::positions(words) else {
            return;
        };
        let each: Vec<Vec<Option<usize>>> = words.iter().map(|it| self.marks_in(it)).collect();
        self.held.retain(|name, _| !is_position(name));
        for (index, marks) in each.into_iter().enumerate() {
            for name in ["@", "*"] {
                let all = self.held.entry(name.to_owned()).or_default();
                all.extend(&marks);
            }
            self.held.insert((index + 1).to_string(), marks);
        }
    }

    fn marks_in(&self, word: &Word<'t>) -> Vec<Option<usize>> {
        let sources = self.sources(word.node);
        sources.into_iter().map(|source| source.mark).collect()
    }

    /// What a command makes of the secrets that it is given: the arguments of a function, the variables
    /// that `read` sets, the words of another command.
    pub(super) fn carry(&mut self, node: Node<'t>, program: &str, words: &[Word<'t>]) {
        if self.functions.contains(&program) {
            for (index, word) in words.iter().enumerate().skip(1) {
                for name in [index.to_string().as_str(), "@", "*"] {
                    let marks = self.marks_in(word);
                    if !marks.is_empty() {
                        let given = self.given.entry((program.to_owned(), name.to_owned()));
                        given.or_default().extend(marks);
                    }
                }
            }
        }
        let takes = matches!(program, "read" | "mapfile" | "readarray" | "xargs");
        let sources = if takes {
            self.incoming(node)
        } else {
            Vec::new()
        };
        if program != "xargs" {
            for name in carriers::read_into(program, words)
                .into_iter()
                .filter(|_| takes)
            {
                let held = self.held.entry(name.to_owned()).or_default();
                held.clear();
                held.extend(sources.iter().map(|source| source.mark));
            }
            return;
        }
        let Some(started) = carriers::started_by_xargs(words) else {
            return;
        };
        let sink = match started.literal.as_deref() {
            Some("echo" | "printf") if !sinks::prints(self.script, node, words) => return,
            Some("echo" | "printf") => Sink::Printed,
            _ => Sink::Argument,
        };
        let name = started.program().unwrap_or("xargs").to_owned();
        self.found
            .extend(sources.into_iter().map(|source| Exposure {
                sink,
                mark: source.mark,
                program: name.clone(),
                via: source.via,
                span: started.node.byte_range(),
            }));
    }

    /// The secrets that a command reads.
    fn incoming(&self, node: Node<'t>) -> Vec<Source> {
        let fed = carriers::fed(node).into_iter();
        let mut sources: Vec<_> = fed.flat_map(|text| self.sources(text)).collect();
        if let Some(before) = carriers::piped(self.script, node) {
            let words = before.words.iter().skip(1);
            sources.extend(words.flat_map(|word| self.sources(word.node)));
        }
        sources
    }

    /// A command that prints what variables hold, or has another shell do so.
    pub(super) fn tell(&mut self, node: Node<'t>, words: &[Word<'t>]) {
        if let Some(option) = tells::tracing(words) {
            let fed = carriers::fed(node).into_iter();
            let mut texts: Vec<&str> = fed.map(|body| self.script.slice(body)).collect();
            texts.extend(words.iter().filter_map(|word| word.literal.as_deref()));
            let names = self.exported.iter().map(String::as_str);
            let names = names.filter(|name| self.is_secret(name));
            if let Some(name) = tells::expanded_in(names, &texts) {
                let name = name.to_owned();
                self.show(Sink::Traced, &words[0], &name, option.node.byte_range());
            }
        }
        for (told, span) in tells::told(words) {
            let name = match told {
                Told::Exported(name) => Some(name.to_owned()),
                Told::Environment => self.first_secret(|name| self.exported.contains(name)),
                Told::All => self.first_secret(|name| !is_position(name)),
            };
            let is_exported = |name: &String| words.len() == 1 || self.exported.contains(name);
            let name = name.filter(|name| self.is_secret(name) && is_exported(name));
            if let Some(name) = name.filter(|_| sinks::prints(self.script, node, words)) {
                self.show(Sink::Printed, &words[0], &name, span);
            }
        }
    }

    /// `export X`, `declare -p X`. What it assigns is looked at by itself.
    pub(super) fn declare(&mut self, node: Node<'t>) {
        let declaration = Declaration::of(self.script, node);
        let Declaration {
            names,
            exports,
            prints,
        } = declaration;
        if let Some(option) = prints {
            let named = names.iter().find(|(name, _)| self.is_secret(name));
            let shown = match named {
                Some((name, span)) => Some(((*name).to_owned(), span.clone())),
                None if names.is_empty() => {
                    let is_shown = |name: &str| !exports || self.exported.contains(name);
                    self.first_secret(is_shown).map(|name| (name, option))
                }
                None => None,
            };
            let node_prints = sinks::prints(self.script, node, &[]);
            if let Some((via, span)) = shown.filter(|_| node_prints) {
                self.found.push(Exposure {
                    sink: Sink::Printed,
                    mark: None,
                    program: "declare".to_owned(),
                    via: Some(via),
                    span,
                });
            }
        } else if exports {
            let names = names.iter().map(|(name, _)| (*name).to_owned());
            self.exported.extend(names);
        }
    }

    /// Notes that the secret in the variable `name` gets out.
    fn show(&mut self, sink: Sink, program: &Word<'_>, name: &str, span: Range<usize>) {
        self.found.push(Exposure {
            sink,
            mark: None,
            program: program.program().unwrap_or_default().to_owned(),
            via: Some(name.to_owned()),
            span,
        });
    }

    fn is_secret(&self, name: &str) -> bool {
        self.held.get(name).is_some_and(|held| !held.is_empty())
    }

    /// The first variable by name that holds a secret and `is_it`.
    fn first_secret(&self, is_it: impl Fn(&str) -> bool) -> Option<String> {
        let names = self.held.keys().filter(|name| self.is_secret(name));
        names.filter(|name| is_it(name)).min().cloned()
    }

    /// What a variable holds where `node` expands it.
    pub(super) fn holds(&self, name: &str, node: Node<'t>) -> Vec<Option<usize>> {
        let function = is_position(name).then(|| function_around(self.script, node));
        match function.flatten() {
            Some(function) => {
                let given = self.given.get(&(function.to_owned(), name.to_owned()));
                given.into_iter().flatten().copied().collect()
            }
            None => self.held.get(name).cloned().unwrap_or_default(),
        }
    }
}
