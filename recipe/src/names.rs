//! Definitions and uses: every name of a recipe and all the places it stands in.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

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
        names.add_variables(recipe);
        for (index, step) in recipe.steps.iter().enumerate() {
            names.add(index, step);
        }
        names.read_stand_ins(recipe);
        names
    }

    /// Makes these the names of `recipe`, which has `new` other steps now in the place of those that `old` counts,
    /// and, if `others` says so, other variables. What stood behind the edit stands elsewhere. Without other
    /// variables, the steps must have had the same [`Self::stand_ins`].
    pub(crate) fn replace(
        &mut self,
        recipe: &Recipe,
        old: Range<usize>,
        new: usize,
        others: bool,
        shift: Shift,
    ) {
        let is_gone = |step: usize| old.contains(&step);
        let moved_step = |step: usize| match step < old.end {
            true => step,
            false => step - old.len() + new,
        };
        let moved = |places: &mut Vec<Use>| {
            places.retain(|place| !place.step.map_or(others, is_gone));
            for place in places.iter_mut() {
                place.span.shift(shift);
                place.step = place.step.map(moved_step);
            }
            !places.is_empty()
        };
        self.variables.retain(|_, variable| {
            match others {
                true => variable.defined.clear(),
                false => variable.defined.shift(shift),
            }
            let is_read = moved(&mut variable.uses);
            moved(&mut variable.set_by) || is_read || !variable.defined.is_empty()
        });
        self.steps.retain(|_, step| {
            let defined = &mut step.defined;
            defined.retain(|(step, _)| !is_gone(*step));
            for (step, span) in defined {
                *step = moved_step(*step);
                span.shift(shift);
            }
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
        if others {
            self.add_variables(recipe);
        }
        for index in old.start..old.start + new {
            self.add(index, &recipe.steps[index]);
        }
        if others {
            self.read_stand_ins(recipe);
        }
    }

    /// The variables that stand for the hosts and sessions of a step.
    pub(crate) fn stand_ins(step: &model::Step) -> Vec<(&str, Place)> {
        let mut stand_ins = Vec::new();
        each_place(step, &mut |text, place| {
            stand_ins.extend(stand_in(text).map(|name| (name, place)));
        });
        stand_ins
    }

    /// Adds the names of `[variables]`.
    fn add_variables(&mut self, recipe: &Recipe) {
        for variable in &recipe.variables {
            let name = self.variable(&variable.name.value);
            name.defined.push(variable.name.span);
        }
        let values = recipe.variables.iter();
        for text in values.filter_map(|variable| variable.value.as_ref()) {
            self.read_text(text, None);
        }
    }

    /// Adds the names of a step.
    fn add(&mut self, index: usize, step: &model::Step) {
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
        step.each_text(&mut |text| self.read_text(text, Some(index)));
        each_place(step, &mut |text, place| {
            self.read_place(text, place, Some(index))
        });
        let fields = std::iter::once(&step.fields);
        for fields in fields.chain(step.operations.iter().map(|operation| &operation.fields)) {
            fields.each_field(&mut |field| self.read_field(field, index));
        }
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

    /// Reads the name of a host or session, where it is written out.
    fn read_place(&mut self, text: &Text, place: Place, step: Option<usize>) {
        let name = text.as_str();
        if !text.references.is_empty() || name.is_empty() {
            return;
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
    }

    /// Reads the values of variables that stand for hosts and sessions.
    fn read_stand_ins(&mut self, recipe: &Recipe) {
        let steps = recipe.steps.iter();
        let mut stand_ins: Vec<(&str, Place)> = steps.flat_map(Self::stand_ins).collect();
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
                    self.read_place(text, place, None);
                    stand_ins.extend(stand_in(text).map(|name| (name, place)));
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

/// Calls `visit` with each text of a step that names a host or session.
fn each_place<'a>(step: &'a model::Step, visit: &mut dyn FnMut(&'a Text, Place)) {
    for operation in &step.operations {
        let starts = starts_a_session(operation);
        operation.fields.each_text(&mut |text| {
            if let Some(place) = Place::of(text.role, starts) {
                visit(text, place);
            }
        });
    }
}

/// The variable that a text stands for: the text is a reference to it and nothing else.
fn stand_in(text: &Text) -> Option<&str> {
    let [reference] = text.references.as_slice() else {
        return None;
    };
    match &reference.kind {
        ReferenceKind::Variable(name) if reference.range == (0..text.as_str().len()) => Some(name),
        _ => None,
    }
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
