//! What a chart shows, without a place: steps, the groups that they stand in, who waits for whom.

use std::collections::HashSet;

use super::layout::Item;
use crate::analysis::Analysis;
use crate::credentials::Mask;
use crate::graph::{Graph, Why};
use crate::model::{Step, StepOperation};
use crate::span::Span;
use crate::visible::escaped;

/// Groups further in than this are drawn beside the group that they stand in.
const MAX_DEPTH: usize = 30;

/// As much of a condition is shown beside a step.
const LONGEST_CONDITION: usize = 50;

/// The steps of a recipe and what connects them. Steps are referred to by their index.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// The name of the recipe, safe to show.
    pub name: String,
    /// The steps, groups included, in the order they are written.
    pub steps: Vec<OutlineStep>,
    /// Who waits for whom, as `depends_on` and the order in sequential groups say.
    pub waits: Vec<Wait>,
}

/// A step, or a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlineStep {
    /// Its id. One that is missing or taken is `#` and the step's number, counted from 1.
    pub id: String,
    /// What people read, in one line, safe to show.
    pub name: String,
    /// Its operation, if it is clear.
    pub operation: Option<&'static str>,
    /// Its condition, in one line, safe to show.
    pub when: Option<String>,
    /// The group that it stands in.
    pub group: Option<usize>,
    /// How the members run, if it is a group.
    pub mode: Option<GroupMode>,
    /// The whole step.
    pub span: Span,
    /// Its id in the text, or else its header.
    pub id_span: Span,
}

/// How the members of a group run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupMode {
    /// One after the other.
    Sequential,
    /// At the same time.
    Parallel,
}

/// A step that waits for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The step that must be done first.
    pub on: usize,
    /// The step that waits.
    pub step: usize,
    /// Whether the other waits for it as well, so that neither could ever run.
    pub in_cycle: bool,
}

impl GroupMode {
    /// As recipes write it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Sequential => "sequential",
            Self::Parallel => "parallel",
        }
    }
}

impl OutlineStep {
    /// Its condition, cut where it is long.
    pub(super) fn condition(&self) -> Option<String> {
        let when = self.when.as_ref()?;
        let short: String = when.chars().take(LONGEST_CONDITION).collect();
        let more = if short.len() < when.len() { "…" } else { "" };
        Some(format!("when {short}{more}"))
    }
}

impl Outline {
    /// The outline of the recipe of `analysis`. Names that no step has are left out, a second group
    /// that names a step does not get it, and a group that would stand in itself stands alone.
    pub fn of(analysis: &Analysis) -> Self {
        let recipe = &analysis.recipe;
        let mut taken = HashSet::new();
        let mask = analysis.mask();
        let mut outline = Self {
            name: recipe
                .meta
                .as_ref()
                .and_then(|meta| meta.name("name"))
                .map_or_else(String::new, |name| escaped(&mask.hide(name.value.trim()))),
            steps: Vec::with_capacity(recipe.steps.len()),
            waits: Vec::new(),
        };
        for (index, step) in recipe.steps.iter().enumerate() {
            outline
                .steps
                .push(outline_step(index, step, &mask, &mut taken));
        }
        outline.connect(analysis.graph());
        outline
    }

    fn connect(&mut self, graph: &Graph) {
        let mut seen = HashSet::new();
        for edge in graph.edges() {
            match edge.why {
                Why::Member => self.put_into(edge.step, edge.on),
                Why::Depends | Why::Order if edge.step != edge.on => {
                    let wait = Wait {
                        on: edge.on,
                        step: edge.step,
                        in_cycle: edge.in_cycle,
                    };
                    if seen.insert((wait.on, wait.step)) {
                        self.waits.push(wait);
                    }
                }
                Why::Depends | Why::Order | Why::Group => {}
            }
        }
        self.waits.sort_by_key(|wait| (wait.step, wait.on));
        self.flatten();
    }

    fn put_into(&mut self, step: usize, group: usize) {
        let mut around = std::iter::successors(Some(group), |group| self.steps[*group].group);
        if self.steps[step].group.is_none() && around.all(|it| it != step) {
            self.steps[step].group = Some(group);
        }
    }

    /// Takes what is too far in further out. Depths are found from outside to inside, as long as a
    /// chain of groups may be.
    fn flatten(&mut self) {
        let mut depths: Vec<Option<usize>> = vec![None; self.steps.len()];
        for step in 0..self.steps.len() {
            let unknown = |step: &usize| depths[*step].is_none();
            let around = std::iter::successors(Some(step), |step| self.steps[*step].group);
            let chain: Vec<usize> = around.take_while(unknown).collect();
            for step in chain.into_iter().rev() {
                let group = self.steps[step].group;
                let depth = group
                    .and_then(|group| Some(depths[group]? + 1))
                    .unwrap_or(0);
                if depth > MAX_DEPTH {
                    self.steps[step].group = group.and_then(|group| self.steps[group].group);
                }
                depths[step] = Some(depth.min(MAX_DEPTH));
            }
        }
    }

    /// The steps as boxes without a size.
    pub(super) fn items(&self) -> Vec<Item> {
        let steps = self.steps.iter();
        let items = steps.map(|step| Item {
            parent: step.group,
            is_group: step.mode.is_some(),
            width: 0.0,
            height: 0.0,
        });
        items.collect()
    }

    /// The waits, each from what must be done first.
    pub(super) fn edges(&self) -> Vec<(usize, usize)> {
        self.waits.iter().map(|wait| (wait.on, wait.step)).collect()
    }

    /// How many of the steps are no groups.
    pub fn count(&self) -> usize {
        self.steps.iter().filter(|step| step.mode.is_none()).count()
    }
}

fn outline_step(
    index: usize,
    step: &Step,
    mask: &Mask,
    taken: &mut HashSet<String>,
) -> OutlineStep {
    let shown = |text: &str| escaped(&mask.hide(text));
    let written = step.id().map(|id| id.value.clone());
    let id = written
        .filter(|id| taken.insert(id.clone()))
        .unwrap_or_else(|| number(index, taken));
    let name = step
        .fields
        .name("name")
        .map(|name| shown(name.value.trim()));
    let is_group = |operation: &&StepOperation| operation.spec.name == "group";
    let group = step.operation().filter(is_group);
    let mode = group.map(|group| match group.fields.name("mode") {
        Some(mode) if mode.value == "parallel" => GroupMode::Parallel,
        _ => GroupMode::Sequential,
    });
    OutlineStep {
        name: name
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| shown(&id)),
        id,
        operation: step.operations.first().map(|operation| operation.spec.name),
        when: step.fields.text("when").map(|when| shown(when.as_str())),
        group: None,
        mode,
        span: step.span,
        id_span: step.id().map_or(step.fields.span, |id| id.span),
    }
}

/// `#7`, which no valid id is; with more of them where an invalid one is in the way.
fn number(index: usize, taken: &mut HashSet<String>) -> String {
    let mut id = format!("#{}", index + 1);
    while !taken.insert(id.clone()) {
        id.insert(0, '#');
    }
    id
}
