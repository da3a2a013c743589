//! The JSON Schema of recipes, for TOML servers that know nothing else of them, read off the table.
//!
//! Draft 7 is what SchemaStore asks for and every TOML server reads. A schema can say which keys there are
//! and what their values are like; what names mean and what is in a string is for `doppio lsp`.

use serde::{Serialize, Serializer};

use super::{
    CONDITIONS, CONSTANT_CONDITIONS, Kind, NameKind, OPERATIONS, Operation, Param, RECIPE, Range,
    Role, STEP, TARGET,
};

/// What a variable can be called.
const VARIABLE: &str = "^[A-Za-z_][A-Za-z0-9_]*$";

/// What the name of a recipe has.
const NOT_BLANK: &str = "\\S";

/// What a tmux session can be called, as far as that can be said of a text with references.
const SESSION: &str = r"^(\$\{[^{}]*\}|[^.:#])*$";

/// What a header of a request can be called.
const HEADER: &str = r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";

/// The schema, as text.
pub fn schema() -> String {
    // What it consists of can always be written.
    serde_json::to_string_pretty(&recipe()).unwrap_or_default() + "\n"
}

/// A JSON value whose keys stay in the order in which they are given, as a reader expects them.
#[derive(Serialize)]
#[serde(untagged)]
enum Json {
    Value(serde_json::Value),
    List(Vec<Json>),
    #[serde(serialize_with = "in_order")]
    Object(Object),
}

type Object = Vec<(&'static str, Json)>;

fn in_order<S: Serializer>(entries: &Object, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(entries.iter().map(|(key, value)| (key, value)))
}

impl<T: Into<serde_json::Value>> From<T> for Json {
    fn from(value: T) -> Self {
        Self::Value(value.into())
    }
}

fn recipe() -> Json {
    let tables = vec![
        described("What the recipe is.", table(RECIPE)),
        described(
            "What kind of host the recipe wants. Which one is chosen when it is run.",
            table(TARGET),
        ),
        described(
            "Texts that steps refer to as `${name}`.",
            kind(&Kind::Map(Role::Variable)),
        ),
        described(
            "What is done: each step has an id and exactly one operation.",
            array(reference("step")),
        ),
    ];
    let tables = ["recipe", "target", "variables", "step"]
        .into_iter()
        .zip(tables);
    let mut schema = vec![
        ("$schema", "http://json-schema.org/draft-07/schema#".into()),
        (
            "$id",
            "https://json.schemastore.org/doppio-recipe.json".into(),
        ),
        ("title", "Doppio recipe".into()),
        (
            "description",
            "What is done on which machines, and in which order.".into(),
        ),
        ("x-tombi-toml-version", "v1.1.0".into()),
    ];
    schema.extend(object(tables.collect(), &["recipe"]));
    let definitions = vec![
        ("step", Json::Object(step())),
        ("condition", Json::Object(condition())),
    ];
    schema.push(("definitions", Json::Object(definitions)));
    Json::Object(schema)
}

/// A step: its keys, and exactly one operation.
fn step() -> Object {
    let operation = |it: &Operation| {
        let later = if it.executable {
            ""
        } else {
            " This version checks it and cannot run it yet."
        };
        (it.name, described(&format!("{}{later}", it.doc), body(it)))
    };
    let properties = properties(STEP).chain(OPERATIONS.iter().map(operation));
    let mut step = object(properties.collect(), &required(STEP));
    // Where none is there, every branch of `oneOf` would complain: one word is enough then.
    let nothing = OPERATIONS.iter().map(|it| (it.name, false.into()));
    let none = vec![
        ("properties", Json::Object(nothing.collect())),
        ("additionalProperties", true.into()),
    ];
    let one = OPERATIONS.iter().map(|it| Json::Object(with(it.name)));
    step.push(("allOf", Json::List(vec![Json::Object(group())])));
    step.push(("if", Json::Object(none)));
    step.push(("then", Json::Object(with(OPERATIONS[0].name))));
    step.push((
        "else",
        Json::Object(vec![("oneOf", Json::List(one.collect()))]),
    ));
    step
}

/// A group has no attempts and no time limit of its own.
fn group() -> Object {
    let limits = vec![("retry", false.into()), ("timeout_secs", false.into())];
    let without = vec![
        ("properties", Json::Object(limits)),
        ("additionalProperties", true.into()),
    ];
    vec![
        ("if", Json::Object(with("group"))),
        ("then", Json::Object(without)),
    ]
}

/// Commands for a session that is there say which.
fn in_session() -> Object {
    let existing = vec![("const", "existing".into())];
    let mut mode = with("tmux_mode");
    mode[0] = (
        "properties",
        Json::Object(vec![("tmux_mode", Json::Object(existing))]),
    );
    vec![
        ("if", Json::Object(mode)),
        ("then", Json::Object(with("session_name"))),
    ]
}

/// An object with this key.
fn with(name: &'static str) -> Object {
    let properties = vec![(name, true.into())];
    vec![
        ("properties", Json::Object(properties)),
        ("additionalProperties", true.into()),
        ("required", words(&[name])),
    ]
}

fn condition() -> Object {
    let word = vec![
        ("type", "string".into()),
        ("enum", words(CONSTANT_CONDITIONS)),
    ];
    let either = vec![Json::Object(word), Json::Object(one_of(CONDITIONS))];
    vec![("oneOf", Json::List(either))]
}

/// What a value must be.
fn kind(kind: &Kind) -> Object {
    match kind {
        Kind::Text(Role::Session) => matching(SESSION),
        Kind::Text(_) => string(),
        Kind::Name(name) => named(*name),
        Kind::Integer(range) => number("integer", *range),
        Kind::Number(range) => number("number", *range),
        Kind::Boolean => vec![("type", "boolean".into())],
        Kind::Enumeration(known) => vec![("type", "string".into()), ("enum", words(known))],
        Kind::Texts(_) => array(string()),
        Kind::StepIds => array(named(NameKind::StepReference)),
        Kind::Map(role) => map(*role),
        Kind::Table(params) => table(params),
        Kind::OneOf(variants) => one_of(variants),
        Kind::Condition => reference("condition"),
        Kind::Conditions => array(reference("condition")),
    }
}

fn string() -> Object {
    vec![("type", "string".into())]
}

fn named(kind: NameKind) -> Object {
    let pattern = match kind {
        NameKind::StepId | NameKind::StepReference => "^[A-Za-z0-9_-]+$",
        NameKind::SetVariable | NameKind::ReadVariable => VARIABLE,
        NameKind::Label => return string(),
    };
    matching(pattern)
}

fn matching(pattern: &str) -> Object {
    vec![("type", "string".into()), ("pattern", pattern.into())]
}

fn number(name: &str, range: Range) -> Object {
    let limit = match range {
        Range::NotNegative => ("minimum", 0.into()),
        Range::Positive => ("exclusiveMinimum", 0.into()),
        Range::NotZero => ("not", Json::Object(vec![("const", 0.into())])),
    };
    vec![("type", name.into()), limit]
}

/// A table of strings, whose keys are variables or headers of a request.
fn map(role: Role) -> Object {
    let mut map = vec![
        ("type", "object".into()),
        ("additionalProperties", Json::Object(string())),
    ];
    let names = match role {
        Role::Variable | Role::EnvValue => VARIABLE,
        _ => HEADER,
    };
    let names = vec![("pattern", names.into())];
    map.push(("propertyNames", Json::Object(names)));
    map.push(("x-tombi-additional-key-label", "NAME".into()));
    map
}

fn array(items: Object) -> Object {
    vec![("type", "array".into()), ("items", Json::Object(items))]
}

fn table(params: &[Param]) -> Object {
    object(properties(params).collect(), &required(params))
}

/// The value of an operation, a condition or a variant; that of some is their only parameter's.
fn body(operation: &Operation) -> Object {
    match operation.params {
        [only] if only.name.is_empty() => kind(&only.kind),
        params if operation.name == "run_commands" => {
            let mut table = table(params);
            table.extend(in_session());
            table
        }
        params => table(params),
    }
}

/// A table with exactly one of these keys.
fn one_of(variants: &[Operation]) -> Object {
    let property = |it: &Operation| (it.name, described(it.doc, body(it)));
    let mut table = object(variants.iter().map(property).collect(), &[]);
    table.push(("minProperties", 1.into()));
    table.push(("maxProperties", 1.into()));
    table
}

fn object(properties: Object, required: &[&str]) -> Object {
    let mut object = vec![
        ("type", "object".into()),
        ("properties", Json::Object(properties)),
        ("additionalProperties", false.into()),
    ];
    if !required.is_empty() {
        object.push(("required", words(required)));
    }
    object
}

fn properties(params: &[Param]) -> impl Iterator<Item = (&'static str, Json)> {
    params.iter().map(|param| {
        let mut value = match (param.required, param.kind) {
            (true, Kind::Name(NameKind::Label)) => matching(NOT_BLANK),
            _ => kind(&param.kind),
        };
        // Defaults are written so that TOML and JSON read them alike.
        let default = param.default.and_then(|it| serde_json::from_str(it).ok());
        value.extend(default.map(|it| ("default", Json::Value(it))));
        (param.name, described(param.doc, value))
    })
}

fn required(params: &[Param]) -> Vec<&'static str> {
    let required = params.iter().filter(|param| param.required);
    required.map(|param| param.name).collect()
}

fn words(words: &[&str]) -> Json {
    Json::List(words.iter().map(|word| (*word).into()).collect())
}

/// Beside `$ref` draft 7 reads nothing else.
fn reference(name: &str) -> Object {
    let to = vec![("$ref", format!("#/definitions/{name}").into())];
    vec![("allOf", Json::List(vec![Json::Object(to)]))]
}

fn described(what: &str, mut value: Object) -> Json {
    value.insert(0, ("description", what.into()));
    Json::Object(value)
}
