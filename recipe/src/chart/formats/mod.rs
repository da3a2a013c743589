//! A chart as text in other languages. Each format escapes names by its own rules: a recipe cannot
//! say anything through one but its name.

mod dot;
mod mermaid;
mod svg;
mod text;

use super::{Outline, Wait, layout};

/// What [`Outline::nest`] comes across, with how far in it is.
#[derive(Clone, Copy, Debug)]
enum Nested {
    /// A step, or a group without members.
    Step(usize, usize),
    /// A group, whose members follow.
    Open(usize, usize),
    /// The end of that group.
    Close(usize),
}

impl Outline {
    /// Calls `visit` with every step, those of a group between its beginning and its end, what must
    /// be done first before what waits.
    fn nest(&self, visit: &mut dyn FnMut(Nested)) {
        let levels = layout::sorted(&self.items(), &self.edges());
        self.visit(self.steps.len(), &levels, 0, visit);
    }

    /// Groups nest no deeper than the outline lets them.
    fn visit(
        &self,
        container: usize,
        levels: &[Vec<usize>],
        depth: usize,
        visit: &mut dyn FnMut(Nested),
    ) {
        for step in levels[container].iter().copied() {
            if levels[step].is_empty() {
                visit(Nested::Step(step, depth));
                continue;
            }
            visit(Nested::Open(step, depth));
            self.visit(step, levels, depth + 1, visit);
            visit(Nested::Close(depth));
        }
    }

    /// The waits, but for those between a group and what is in it: the box shows these.
    fn drawn_waits(&self) -> impl Iterator<Item = Wait> + '_ {
        let waits = self.waits.iter().copied();
        waits.filter(|wait| !self.holds(wait.on, wait.step) && !self.holds(wait.step, wait.on))
    }

    fn holds(&self, group: usize, step: usize) -> bool {
        std::iter::successors(self.steps[step].group, |group| self.steps[*group].group)
            .any(|it| it == group)
    }
}
