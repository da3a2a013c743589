//! Definitions and uses: every name of a recipe and all the places it stands in.

use std::collections::{BTreeMap, BTreeSet};

use crate::language::{Kind, NameKind, Role};
use crate::model::{self, Arg, Field, Recipe, StepOperation, Text};
use crate::reference::ReferenceKind;
use crate::secret_name::SecretName;
use crate::shift::{Shift, Shiftable};
use crate::span::Span;

/// Every name of a recipe.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Variables: those of `[variables]`, those that steps set, and in shell text only those.
    pub variables: BTreeMap<String, Variable>,
    /// Steps by id.
    pub steps: BTreeMap<String, Step>,
    /// Secrets.
    pub secrets: BTreeMap<SecretName, Vec<Use>>,
    /// Hosts that are written out, be it as the value of a variable that stands for a host.
    pub hosts: BTreeMap<String, Vec<Use>>,
    /// tmux sessions that are written out, likewise.
    pub sessions: BTreeMap<String, Session>,
    /// Environment variables of the machine that runs the recipe.
    pub environment: BTreeMap<String, Vec<Use>>,
}

/// Where a variable is given values and read.
#[derive(Clone, Debug, Default)]
pub struct Variable {
    /// Its keys in `[variables]`: one in a sound recipe.
    pub defined: Vec<Span>,
    /// Where steps set it.
    pub set_by: Vec<Use>,
    /// Where it is read.
    pub uses: Vec<Use>,
}

/// Where a step is defined and referred to.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// The steps with this id: index and the place of the id. One in a sound recipe.
    pub defined: Vec<(usize, Span)>,
    /// Where other steps name it.
    pub uses: Vec<Use>,
    /// Those of `uses` that read its output.
    pub outputs: Vec<Use>,
    /// Those of `uses` that read its exit code.
    pub exit_codes: Vec<Use>,
}

/// Where a tmux session is started and spoken of.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// Where a step starts it.
    pub started: Vec<Use>,
    /// Every other place.
    pub uses: Vec<Use>,
}

/// A place where a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// The name, without quotes or braces.
    pub span: Span,
    /// The index of the step it stands in; in `[variables]` there is none.
    pub step: Option<usize>,
}

impl Names {
    /// Collects the names of `recipe`.
    pub fn of(recipe: &Recipe) -> Self {
        let mut names = Self::default();
        for variable in &recipe.variables {
            let name = names.variable(&variable.name.value);
            name.defined.push(variable.name.span);
        }
        let values = recipe.variables.iter();
        for text in values.filter_map(|variable| variable.value.as_ref()) {
            names.read_text(text, None);
        }
        let mut stand_ins = Vec::new();
        for (index, step) in recipe.steps.iter().enumerate() {
            stand_ins.extend(names.add(index, step));
        }
        names.read_stand_ins(recipe, stand_ins);
        names
    }

    /// Makes these the names of the same recipe in which one step is another now, with the same
    /// [`Self::stand_ins`], and what stood behind it elsewhere.
    pub(crate) fn replace(&mut self, index: usize, step: &model::Step, shift: Shift) {
        let moved = |places: &mut Vec<Use>| {
            places.retain(|place| place.step != Some(index));
            places.iter_mut().for_each(|place| place.span.shift(shift));
            !places.is_empty()
        };
        self.variables.retain(|_, variable| {
            variable.defined.shift(shift);
            let is_read = moved(&mut variable.uses);
            moved(&mut variable.set_by) || is_read || !variable.defined.is_empty()
        });
        self.steps.retain(|_, step| {
            let defined = &mut step.defined;
            defined.retain(|(other, _)| *other != index);
            defined.iter_mut().for_each(|(_, span)| span.shift(shift));
            moved(&mut step.outputs);
            moved(&mut step.exit_codes);
            moved(&mut step.uses) || !step.defined.is_empty()
        });
        self.sessions.retain(|_, session| {
            let is_spoken_of = moved(&mut session.uses);
            moved(&mut session.started) || is_spoken_of
        });
        self.secrets.retain(|_, uses| moved(uses));
        self.hosts.retain(|_, uses| moved(uses));
        self.environment.retain(|_, uses| moved(uses));
        self.add(index, step);
    }

    /// The variables that stand for the hosts and sessions of a step.
    pub(crate) fn stand_ins(step: &model::Step) -> Vec<(&str, Place)> {
        Self::default().add(0, step)
    }

    /// Adds the names of a step, and tells which variables stand for its hosts and sessions.
    fn add<'a>(&mut self, index: usize, step: &'a model::Step) -> Vec<(&'a str, Place)> {
        if let Some(id) = step.id() {
            let defined = &mut self.step(&id.value).defined;
            let place = defined.partition_point(|(other, _)| *other <= index);
            defined.insert(place, (index, id.span));
        }
        for name in step.sets() {
            let place = Use {
                span: name.span,
                step: Some(index),
            };
            insert(&mut self.variable(&name.value).set_by, place);
        }
        let mut stand_ins = Vec::new();
        step.each_text(&mut |text| self.read_text(text, Some(index)));
        for operation in &step.operations {
            let starts = starts_a_session(operation);
            operation.fields.each_text(&mut |text| {
                let place = Place::of(text.role, starts);
                stand_ins.extend(place.and_then(|it| self.read_place(text, it, Some(index))));
            });
        }
        let fields = std::iter::once(&step.fields);
        for fields in fields.chain(step.operations.iter().map(|operation| &operation.fields)) {
            fields.each_field(&mut |field| self.read_field(field, index));
        }
        stand_ins
    }

    /// Whether `name` is a variable of the recipe: of `[variables]`, or set by a step.
    pub fn is_variable(&self, name: &str) -> bool {
        self.variables
            .get(name)
            .is_some_and(|it| !it.defined.is_empty() || !it.set_by.is_empty())
    }

    /// Whether some step sets the variable, so that its value is data.
    pub fn is_set_by_step(&self, name: &str) -> bool {
        self.variables
            .get(name)
            .is_some_and(|it| !it.set_by.is_empty())
    }

    /// The names of all variables of the recipe.
    pub fn variable_names(&self) -> impl Iterator<Item = &str> {
        self.variables
            .keys()
            .map(String::as_str)
            .filter(|name| self.is_variable(name))
    }

    /// The step of that id, the first if there are several.
    pub fn step_index(&self, id: &str) -> Option<usize> {
        self.steps.get(id)?.defined.first().map(|(index, _)| *index)
    }

    fn variable(&mut self, name: &str) -> &mut Variable {
        self.variables.entry(name.to_owned()).or_default()
    }

    fn step(&mut self, id: &str) -> &mut Step {
        self.steps.entry(id.to_owned()).or_default()
    }

    fn read_output(&mut self, id: &str, place: Use) {
        let step = self.step(id);
        insert(&mut step.uses, place);
        insert(&mut step.outputs, place);
    }

    fn read_text(&mut self, text: &Text, step: Option<usize>) {
        for reference in &text.references {
            let place = Use {
                span: reference.name_span,
                step,
            };
            match &reference.kind {
                ReferenceKind::Variable(name) => insert(&mut self.variable(name).uses, place),
                ReferenceKind::Secret(name) => {
                    insert(self.secrets.entry(name.clone()).or_default(), place);
                }
                ReferenceKind::StepOutput(id) => self.read_output(id, place),
                ReferenceKind::StepExitCode(id) => {
                    let step = self.step(id);
                    insert(&mut step.uses, place);
                    insert(&mut step.exit_codes, place);
                }
                ReferenceKind::Env(name) => {
                    insert(self.environment.entry(name.clone()).or_default(), place);
                }
                ReferenceKind::Escape | ReferenceKind::Malformed(_) => {}
            }
        }
    }

    /// Reads the name of a host or session. Where it is one reference to a variable and nothing
    /// else, that variable stands for the name.
    fn read_place<'a>(
        &mut self,
        text: &'a Text,
        place: Place,
        step: Option<usize>,
    ) -> Option<(&'a str, Place)> {
        if let [reference] = text.references.as_slice() {
            return match &reference.kind {
                ReferenceKind::Variable(name) if reference.range == (0..text.as_str().len()) => {
                    Some((name, place))
                }
                _ => None,
            };
        }
        let name = text.as_str();
        if !text.references.is_empty() || name.is_empty() {
            return None;
        }
        let span = text.source.span_of(0, name.len());
        let here = Use { span, step };
        match place {
            Place::Host => insert(self.hosts.entry(name.to_owned()).or_default(), here),
            Place::Session { starts } => {
                let session = self.sessions.entry(name.to_owned()).or_default();
                match starts {
                    true => insert(&mut session.started, here),
                    false => insert(&mut session.uses, here),
                }
            }
        }
        None
    }

    /// Reads the values of variables that stand for hosts and sessions.
    fn read_stand_ins<'a>(&mut self, recipe: &'a Recipe, mut stand_ins: Vec<(&'a str, Place)>) {
        let mut done = BTreeSet::new();
        while let Some((name, place)) = stand_ins.pop() {
            // What names it starts nothing itself: a value is only spoken of.
            let place = match place {
                Place::Session { .. } => Place::Session { starts: false },
                Place::Host => Place::Host,
            };
            if done.insert((name, place)) {
                let texts = recipe.variables.iter().filter(|it| it.name.value == name);
                for text in texts.filter_map(|it| it.value.as_ref()) {
                    stand_ins.extend(self.read_place(text, place, None));
                }
            }
        }
    }

    fn read_field(&mut self, field: &Field, step: usize) {
        let place = |span| Use {
            span,
            step: Some(step),
        };
        match (&field.value, field.spec.kind) {
            (Arg::Names(ids), _) => {
                for id in ids {
                    insert(&mut self.step(&id.value).uses, place(id.span));
                }
            }
            (Arg::Name(id), Kind::Name(NameKind::StepReference)) => {
                self.read_output(&id.value, place(id.span));
            }
            (Arg::Name(name), Kind::Name(NameKind::ReadVariable)) => {
                insert(&mut self.variable(&name.value).uses, place(name.span));
            }
            _ => {}
        }
    }
}

/// Adds a place behind those of the same step, and before those of later ones.
fn insert(places: &mut Vec<Use>, place: Use) {
    let index = places.partition_point(|other| other.step <= place.step);
    places.insert(index, place);
}

/// What a text names as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Host,
    Session {
        /// Whether the session is started there.
        starts: bool,
    },
}

impl Place {
    fn of(role: Role, starts: bool) -> Option<Self> {
        match role {
            Role::Host => Some(Self::Host),
            Role::Session => Some(Self::Session { starts }),
            _ => None,
        }
    }
}

fn starts_a_session(operation: &StepOperation) -> bool {
    let mode = || operation.fields.name("tmux_mode");
    operation.spec.name == "tmux_new" || mode().is_some_and(|mode| mode.value == "new")
}
