//! From the tree of a text to the model of a recipe, led by the table of the language.
//!
//! * [`merge`] brings together what headers tear apart;
//! * [`values`] reads one value by the kind that the table asks for;
//! * here: the tables of a recipe and the steps.

mod merge;
mod values;

use crate::language::{OPERATIONS, RECIPE, STEP, TARGET, operation, param};
use crate::language::{Operation, Param, Role};
use crate::model::{Arg, Field, Fields, Problem, Recipe, Step, StepOperation, Variable};
use crate::span::{Span, Spanned};
use crate::syntax::{HeaderTable, Key, Tree, ValueKind};
use merge::{Content, Item, Merged};

/// The tables that a recipe has.
const TABLES: &[&str] = &["recipe", "target", "variables", "step"];

/// Reads `tree` as a recipe.
pub(crate) fn lower(tree: &Tree) -> Recipe {
    lower_document(&merge::document(tree))
}

/// Reads what stands in no step, where steps are `[[step]]` and what belongs to them.
pub(crate) fn lower_others(tree: &Tree) -> Recipe {
    let is_step = |key: &Key| key.name == "step";
    let others = tree.tables.iter();
    let others = others.filter(|table| !table.path.first().is_some_and(is_step));
    lower_document(&merge::with_root(tree, others))
}

fn lower_document(document: &Merged<'_>) -> Recipe {
    let mut lowering = Lowering {
        problems: Vec::new(),
    };
    let mut recipe = Recipe::default();
    for item in &document.items {
        match item.key.name.as_str() {
            "recipe" => recipe.meta = lowering.single(item, "[recipe]", RECIPE),
            "target" => recipe.target = lowering.single(item, "[target]", TARGET),
            "variables" => recipe.variables = lowering.variables(item),
            "step" => recipe.steps = lowering.steps(item),
            "" => {}
            _ => lowering.unknown(item.key, "a recipe", TABLES.to_vec()),
        }
    }
    if recipe.meta.is_none() && !document.items.iter().any(|item| item.key.name == "recipe") {
        let owner = "[recipe]".to_owned();
        lowering.problems.push(Problem::MissingKey {
            span: Span::at(0),
            owner,
            spec: &RECIPE[0],
        });
    }
    lowering.problems.sort_by_key(Problem::span);
    recipe.problems = lowering.problems;
    recipe
}

/// Reads `tables`, the `[[step]]` of one step and what belongs to it, as [`lower`] does among others.
pub(crate) fn lower_step(tables: &[HeaderTable]) -> Option<(Step, Vec<Problem>)> {
    let document = merge::tables(Merged::default(), tables);
    let mut lowering = Lowering {
        problems: Vec::new(),
    };
    let [step] = <[Step; 1]>::try_from(lowering.steps(document.items.first()?)).ok()?;
    lowering.problems.sort_by_key(Problem::span);
    Some((step, lowering.problems))
}

/// What lowering collects on its way.
struct Lowering {
    problems: Vec<Problem>,
}

impl Lowering {
    /// `[recipe]` or `[target]`.
    fn single(&mut self, item: &Item, owner: &str, params: &'static [Param]) -> Option<Fields> {
        match &item.value {
            Content::Table(table) => Some(self.fields(table, owner, params)),
            Content::Tables(tables) => {
                let right = if item.key.name == "recipe" {
                    "[recipe]"
                } else {
                    "[target]"
                };
                let first = tables.first()?;
                self.problems.push(Problem::WrongHeader {
                    span: first.span,
                    right,
                });
                Some(self.fields(first, owner, params))
            }
            Content::Value(value) => {
                self.wrong_type(&item.key.name, value, crate::language::Kind::Table(params));
                None
            }
        }
    }

    /// `[variables]`
    fn variables(&mut self, item: &Item) -> Vec<Variable> {
        let table = match &item.value {
            Content::Table(table) => table,
            Content::Tables(tables) => {
                let Some(first) = tables.first() else {
                    return Vec::new();
                };
                self.problems.push(Problem::WrongHeader {
                    span: first.span,
                    right: "[variables]",
                });
                first
            }
            Content::Value(value) => {
                let kind = crate::language::Kind::Map(Role::Variable);
                self.wrong_type(&item.key.name, value, kind);
                return Vec::new();
            }
        };
        let named = table.items.iter().filter(|item| !item.key.name.is_empty());
        named
            .map(|item| Variable {
                name: spanned(item.key),
                value: self.map_value(item, Role::Variable),
            })
            .collect()
    }

    /// `[[step]]`, also as `step = [{ … }]`.
    fn steps(&mut self, item: &Item) -> Vec<Step> {
        match &item.value {
            Content::Tables(tables) => tables.iter().map(|table| self.step(table)).collect(),
            Content::Table(table) => {
                self.problems.push(Problem::WrongHeader {
                    span: table.span,
                    right: "[[step]]",
                });
                vec![self.step(table)]
            }
            Content::Value(value) => match &value.kind {
                ValueKind::Array(values) => values
                    .iter()
                    .filter_map(merge::inline)
                    .map(|table| self.step(&table))
                    .collect(),
                ValueKind::Missing => Vec::new(),
                _ => {
                    let right = "[[step]]";
                    self.problems.push(Problem::WrongHeader {
                        span: item.key.span,
                        right,
                    });
                    Vec::new()
                }
            },
        }
    }

    fn step(&mut self, table: &Merged) -> Step {
        let mut fields = Fields {
            span: table.span,
            items: Vec::new(),
        };
        let mut operations: Vec<StepOperation> = Vec::new();
        let mut misspelt = false;
        for item in &table.items {
            let name = item.key.name.as_str();
            if let Some(spec) = param(STEP, name) {
                self.field(&mut fields, item, spec);
            } else if let Some(spec) = operation(name) {
                operations.extend(self.operation(item, spec));
            } else if !name.is_empty() {
                let is_table = !matches!(item.value, Content::Value(_));
                misspelt |= is_table;
                let names = STEP.iter().map(|param| param.name).filter(|_| !is_table);
                let known = names.chain(operation_names()).collect();
                self.unknown(item.key, "a step", known);
            } else {
                misspelt = true;
            }
        }
        self.missing(&fields, "a step", STEP);
        if operations.len() > 1 || (operations.is_empty() && !misspelt) {
            let extra = operations.iter().skip(1);
            self.problems.push(Problem::NotExactlyOne {
                span: operations.first().map_or(table.span, |first| first.key),
                owner: "this step".to_owned(),
                extra: extra
                    .map(|it| Spanned::new(it.spec.name.to_owned(), it.key))
                    .collect(),
                known: operation_names().collect(),
            });
        }
        Step {
            fields,
            span: table.whole,
            operations,
        }
    }

    fn operation(&mut self, item: &Item, spec: &'static Operation) -> Option<StepOperation> {
        let fields = match &item.value {
            Content::Table(table) => self.fields(table, &format!("'{}'", spec.name), spec.params),
            Content::Tables(tables) => {
                let first = tables.first()?;
                self.problems.push(Problem::WrongType {
                    span: first.span,
                    name: spec.name.to_owned(),
                    expected: crate::language::Kind::Table(spec.params),
                    found: "an array",
                    quotable: false,
                });
                Fields {
                    span: first.span,
                    items: Vec::new(),
                }
            }
            Content::Value(value) => {
                self.wrong_type(spec.name, value, crate::language::Kind::Table(spec.params));
                Fields {
                    span: value.span,
                    items: Vec::new(),
                }
            }
        };
        Some(StepOperation {
            spec,
            key: item.key.span,
            fields,
        })
    }

    /// The keys of a table, where unknown and missing ones are problems.
    fn fields(&mut self, table: &Merged, owner: &str, params: &'static [Param]) -> Fields {
        let mut fields = Fields {
            span: table.span,
            items: Vec::new(),
        };
        for item in &table.items {
            match param(params, &item.key.name) {
                Some(spec) => self.field(&mut fields, item, spec),
                None if item.key.name.is_empty() => {}
                None => {
                    let known = params.iter().map(|param| param.name).collect();
                    self.unknown(item.key, owner, known);
                }
            }
        }
        self.missing(&fields, owner, params);
        fields
    }

    fn field(&mut self, fields: &mut Fields, item: &Item, spec: &'static Param) {
        // A duplicate is the syntax layer's to report; the first counts.
        if fields.get(spec.name).is_some() {
            return;
        }
        let (value, span) = self.content(item, spec);
        fields.items.push(Field {
            spec,
            key: item.key.span,
            span,
            value,
        });
    }

    fn content(&mut self, item: &Item, spec: &'static Param) -> (Arg, Span) {
        match &item.value {
            Content::Value(value) => (self.value(&item.key.name, value, spec.kind), value.span),
            Content::Table(table) => (self.table(&item.key.name, table, spec.kind), table.span),
            Content::Tables(tables) => {
                let span = tables.first().map_or(item.key.span, |first| first.span);
                self.problems.push(Problem::WrongType {
                    span,
                    name: item.key.name.clone(),
                    expected: spec.kind,
                    found: "an array of tables",
                    quotable: false,
                });
                (Arg::Invalid, span)
            }
        }
    }

    fn missing(&mut self, fields: &Fields, owner: &str, params: &'static [Param]) {
        for spec in params
            .iter()
            .filter(|spec| spec.required && fields.get(spec.name).is_none())
        {
            let owner = owner.to_owned();
            self.problems.push(Problem::MissingKey {
                span: fields.span,
                owner,
                spec,
            });
        }
    }

    fn unknown(&mut self, key: &Key, owner: &str, known: Vec<&'static str>) {
        let owner = owner.to_owned();
        self.problems.push(Problem::UnknownKey {
            key: spanned(key),
            owner,
            known,
        });
    }
}

fn operation_names() -> impl Iterator<Item = &'static str> {
    OPERATIONS.iter().map(|operation| operation.name)
}

fn spanned(key: &Key) -> Spanned<String> {
    Spanned::new(key.name.clone(), key.span)
}
