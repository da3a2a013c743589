//! What a recipe consists of, as a tree for one recipe and as a list over all of them.

use recipe::model::{Fields, Step, StepOperation};
use recipe::{Analysis, Mask, Span, Spanned};

use super::wording;

/// A part of a recipe and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Never empty.
    pub(crate) name: String,
    pub(crate) detail: String,
    pub(crate) kind: PartKind,
    /// All of it.
    pub(crate) span: Span,
    /// Its name, or what stands for one: inside of `span`.
    pub(crate) selection: Span,
    pub(crate) children: Vec<Part>,
}

/// The kinds of parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartKind {
    Recipe,
    Table,
    Variable,
    Step,
    Operation,
}

/// How many parts a search in all recipes finds at most: more is no help.
const MOST: usize = 500;

/// The parts of a recipe, in order of place.
pub(crate) fn outline(analysis: &Analysis) -> Vec<Part> {
    let (recipe, mask) = (&analysis.recipe, &analysis.mask());
    let mut variables: Vec<Part> = recipe
        .variables
        .iter()
        .map(|variable| {
            let value = variable.value.as_ref();
            let span = value.map_or(variable.name.span, |it| variable.name.span.to(it.span));
            let detail = value.map(|it| wording::one_line(mask, it.as_str()));
            part(mask, &variable.name, PartKind::Variable, span).detail(detail.unwrap_or_default())
        })
        .collect();
    let mut parts = Vec::new();
    for table in &analysis.tree.tables {
        let [key] = table.path.as_slice() else {
            continue;
        };
        let name = match (key.name.as_str(), &recipe.meta) {
            ("recipe", Some(meta)) => meta.name("name").map(|it| it.value.clone()),
            ("target" | "variables", _) => None,
            _ => continue,
        };
        let kind = match name {
            Some(_) => PartKind::Recipe,
            None => PartKind::Table,
        };
        let name = Spanned::new(name.unwrap_or_else(|| key.name.clone()), table.header);
        let mut table = part(mask, &name, kind, table.header.to(table.table.span));
        if key.name == "variables" {
            let inside = variables.iter().filter(|it| table.span.covers(it.span));
            table.children = inside.cloned().collect();
            variables.retain(|it| !table.span.covers(it.span));
        }
        parts.push(table);
    }
    parts.extend(variables);
    parts.extend(recipe.steps.iter().map(|it| step(mask, it)));
    parts.sort_by_key(|part| part.span.start);
    parts
}

/// The recipes, steps and variables of all `recipes` whose name holds the letters of `query` in
/// order, in any case; with the index of the recipe and what that is called.
pub(crate) fn search<'a>(
    recipes: impl IntoIterator<Item = (usize, &'a Analysis)>,
    query: &str,
) -> Vec<(usize, String, Part)> {
    let mut found = Vec::new();
    for (index, analysis) in recipes {
        let meta = analysis.recipe.meta.as_ref();
        let name = meta.and_then(|it| it.name("name"));
        let hidden = name.map(|it| analysis.mask().hide(&it.value).into_owned());
        let recipe = hidden.unwrap_or_default();
        let parts = outline(analysis)
            .into_iter()
            .flat_map(|mut part| match part.kind {
                PartKind::Table => std::mem::take(&mut part.children),
                _ => vec![part],
            });
        for part in parts {
            if holds(&part.name, query) && found.len() < MOST {
                found.push((index, recipe.clone(), part));
            }
        }
    }
    found
}

/// Whether the letters of `query` are in `name`, in that order.
fn holds(name: &str, query: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    let mut wanted = query.chars().flat_map(char::to_lowercase);
    wanted.all(|wanted| letters.any(|letter| letter == wanted))
}

fn step(mask: &Mask, step: &Step) -> Part {
    let header = step.fields.span;
    let id = step.id().filter(|id| step.span.covers(id.span));
    let name = id
        .cloned()
        .unwrap_or_else(|| Spanned::new(String::new(), header));
    let mut whole = part(mask, &name, PartKind::Step, step.span);
    whole.detail = wording::step_detail(mask, step);
    whole.children = step
        .operations
        .iter()
        .map(|it| operation(mask, it))
        .collect();
    whole
}

fn operation(mask: &Mask, operation: &StepOperation) -> Part {
    let fields = &operation.fields;
    let whole = fields.items.iter().map(|field| field.key.to(field.span));
    let span = whole.fold(operation.key.to(fields.span), Span::to);
    let name = Spanned::new(operation.spec.name.to_owned(), operation.key);
    let mut part = part(mask, &name, PartKind::Operation, span).detail(place(mask, fields));
    let sets = operation.sets().into_iter();
    part.children = sets
        .map(|name| self::part(mask, name, PartKind::Variable, name.span).detail("set here"))
        .collect();
    part
}

/// Where an operation happens, if it says so.
fn place(mask: &Mask, fields: &Fields) -> String {
    let host = fields.text("host_id").map(|it| it.as_str());
    host.map(|host| format!("on {}", wording::one_line(mask, host)))
        .unwrap_or_default()
}

fn part(mask: &Mask, name: &Spanned<String>, kind: PartKind, span: Span) -> Part {
    let shown = match name.value.trim() {
        "" => "(no name)",
        name => name,
    };
    Part {
        name: wording::one_line(mask, shown),
        detail: String::new(),
        kind,
        span: span.to(name.span),
        selection: name.span,
        children: Vec::new(),
    }
}

impl Part {
    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::at_cursor;

    const RECIPE: &str = "[recipe]\nname = 'Train it'\n[target]\ntype = 'any'\n[variables]\nmodel = 'bert'\nb = 1\n[[step]]\nid = 'get'\nname = 'Get it'\n[step.ssh_command]\ncommand = 'ls'\nhost_id = 'gpu-1'\ncapture_output = 'files'\n[[step]]\nsleep = {}\n[[step]]\nid = ''\n";

    /// The tree, a line for each part.
    fn check(parts: &[Part], text: &str, depth: usize) -> String {
        let mut shown = String::new();
        for part in parts {
            assert!(part.span.covers(part.selection), "{part:?}");
            let (lines, name) = (
                text[part.span.range()].lines().count(),
                &text[part.selection.range()],
            );
            let Part {
                name: shown_name,
                detail,
                kind,
                ..
            } = part;
            shown += &format!(
                "{}{kind:?} {shown_name} ({detail}) {name} {lines}\n",
                "  ".repeat(depth)
            );
            shown += &check(&part.children, text, depth + 1);
        }
        shown
    }

    #[test]
    fn a_recipe_is_shown_with_everything_that_has_a_name() {
        let (analysis, _) = at_cursor(&format!("$0{RECIPE}"));
        let shown = check(&outline(&analysis), &analysis.text, 0);
        let expected = "Recipe Train it () [recipe] 2\nTable target () [target] 2\nTable variables () [variables] 3\n  Variable model (bert) model 1\n  Variable b () b 1\nStep get (Get it) get 7\n  Operation ssh_command (on gpu-1) ssh_command 4\n    Variable files (set here) files 1\nStep (no name) (sleep) [[step]] 2\n  Operation sleep () sleep 1\nStep (no name) () '' 2\n";
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_search_finds_letters_in_order_in_every_recipe() {
        let (one, _) = at_cursor(&format!("$0{RECIPE}"));
        let (other, _) = at_cursor("$0[variables]\nMODE = 'x'\n[[step]]\nid = 'modest'\n");
        let check = |query: &str| -> Vec<String> {
            let found = search([&one, &other].into_iter().enumerate(), query);
            found
                .iter()
                .map(|(index, recipe, part)| format!("{index} {recipe} {}", part.name))
                .collect()
        };
        assert_eq!(check("mde"), ["0 Train it model", "1  MODE", "1  modest"]);
        assert_eq!(check("train"), ["0 Train it Train it"]);
        assert_eq!(check("em"), [""; 0]);
        assert_eq!(check("").len(), 8);
    }
}
