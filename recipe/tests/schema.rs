//! `docs/recipe.schema.json` is written from the table of the language, and judges recipes as the checks do
//! as far as a schema can.
//!
//! After a change of the table, `DOPPIO_UPDATE_DOCS=1 cargo test -p doppio-recipe --test schema` writes it
//! anew.

mod common;

use boon::{Compiler, SchemaIndex, Schemas};
use common::Marked;
use common::pages::{Example, examples, page};
use recipe::checks::CHECKS;
use recipe::language::schema;
use serde_json::Value;

/// The checks of what a schema can say. What is wrong there, it must refuse.
const STRUCTURAL: [&str; 14] = [
    "bad-header",
    "bad-name",
    "blank-name",
    "group-limits",
    "missing-key",
    "missing-session",
    "not-among",
    "operation-count",
    "out-of-range",
    "step-id",
    "unknown-key",
    "variant-count",
    "wrong-header",
    "wrong-type",
];

#[test]
fn the_schema_says_what_the_table_says() {
    common::docs::assert_file("recipe.schema.json", &schema());
}

#[test]
fn the_schema_is_one() {
    let schema: Value = serde_json::from_str(&schema()).expect("JSON");
    let meta = Judge::of("http://json-schema.org/draft-07/schema", None);
    assert_eq!(meta.complaint(&schema), None);
}

#[test]
fn every_recipe_that_is_right_is_accepted() {
    let judge = Judge::new();
    let mut count = 0;
    for (name, text) in common::examples() {
        // It shows mistakes of all kinds, TOML that is none among them.
        if name != "broken.toml" {
            assert_eq!(judge.against(&text), None, "{name}");
            count += 1;
        }
    }
    for code in CHECKS.iter().map(|check| check.code) {
        for Example { source, .. } in examples(&page(code)).iter().filter(|it| !it.is_wrong) {
            assert_eq!(judge.against(source), None, "{code}: {source}");
            count += 1;
        }
    }
    assert!(count > 60, "{count}");
}

#[test]
fn every_example_of_what_a_schema_can_tell_is_refused() {
    let judge = Judge::new();
    for code in STRUCTURAL {
        for Example { source, .. } in examples(&page(code)).iter().filter(|it| it.is_wrong) {
            assert!(judge.against(source).is_some(), "{code}: {source}");
        }
    }
}

#[test]
fn a_session_is_named_as_tmux_allows_and_may_hold_references() {
    let judge = Judge::new();
    let step = |name: &str| {
        let step = "[[step]]\nid = \"a\"\ntmux_kill";
        judge.against(&format!("{step} = {{ session_name = \"{name}\" }}\n"))
    };
    for good in ["train", "a b", "${env.NAME}-x", "x${step.a.output}"] {
        assert_eq!(step(good), None, "{good}");
    }
    for bad in ["a.b", "a:b", "${env.NAME}.x", "#{x}"] {
        assert!(step(bad).is_some(), "{bad}");
    }
}

/// A schema that is ready to judge.
struct Judge {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Judge {
    /// The schema of recipes.
    fn new() -> Self {
        let schema = serde_json::from_str(&schema()).expect("JSON");
        Self::of("recipe.schema.json", Some(schema))
    }

    fn of(place: &str, schema: Option<Value>) -> Self {
        let mut compiler = Compiler::new();
        if let Some(schema) = schema {
            compiler.add_resource(place, schema).expect("a place");
        }
        let mut schemas = Schemas::new();
        let index = compiler.compile(place, &mut schemas).expect("a schema");
        Self { schemas, index }
    }

    /// What it has against a value.
    fn complaint(&self, value: &Value) -> Option<String> {
        let judged = self.schemas.validate(value, self.index);
        judged.err().map(|why| why.to_string())
    }

    /// What it has against a recipe, whose marks are left out.
    fn against(&self, recipe: &str) -> Option<String> {
        let mut text = Marked::parse(recipe).text;
        if !text.contains("[recipe]") {
            text.insert_str(0, "[recipe]\nname = \"page\"\n");
        }
        let value = toml_edit::de::from_str(&text);
        self.complaint(&value.unwrap_or_else(|why| panic!("{why}\n{text}")))
    }
}
