//! The lenient model of a recipe: whatever could be understood of the text, every name with its
//! range. What could not be understood is in [`Recipe::problems`]; the checks put it into words.

mod shifted;

use crate::language::{Kind, Operation, Param, Role};
use crate::reference::Reference;
use crate::span::{Span, Spanned};
use crate::syntax::Str;

/// What a text says as a recipe.
#[derive(Clone, Debug, Default)]
pub struct Recipe {
    /// `[recipe]`
    pub meta: Option<Fields>,
    /// `[target]`
    pub target: Option<Fields>,
    /// `[variables]`, in the order they are written.
    pub variables: Vec<Variable>,
    /// `[[step]]`, in the order they are written.
    pub steps: Vec<Step>,
    /// What does not fit the language's table, in order of place.
    pub problems: Vec<Problem>,
}

/// A variable of `[variables]`.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name, with or without the right characters.
    pub name: Spanned<String>,
    /// Its value, unless it is of a wrong type.
    pub value: Option<Text>,
}

/// A step.
#[derive(Clone, Debug)]
pub struct Step {
    /// The keys of [`crate::language::STEP`]. Its `span` is the `[[step]]` header.
    pub fields: Fields,
    /// From its header to its last entry.
    pub span: Span,
    /// The operations: one in a sound step.
    pub operations: Vec<StepOperation>,
}

/// The operation of a step.
#[derive(Clone, Debug)]
pub struct StepOperation {
    /// Which one.
    pub spec: &'static Operation,
    /// Its key.
    pub key: Span,
    /// Its parameters. Their `span` is the inline table or header.
    pub fields: Fields,
}

/// The known keys of a table, with their values.
#[derive(Clone, Debug)]
pub struct Fields {
    /// The header or inline table that holds them: where a missing key is reported.
    pub span: Span,
    /// The values, in the order they are written; the first of each key.
    pub items: Vec<Field>,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Field {
    /// What the table of the language says of it.
    pub spec: &'static Param,
    /// The key.
    pub key: Span,
    /// The value's place.
    pub span: Span,
    /// The value.
    pub value: Arg,
}

/// The value of a key, by the kind that the table of the language asks for.
#[derive(Clone, Debug)]
pub enum Arg {
    /// [`Kind::Text`]
    Text(Text),
    /// [`Kind::Name`] and [`Kind::Enumeration`]
    Name(Spanned<String>),
    /// [`Kind::Integer`]
    Integer(i64),
    /// [`Kind::Number`]
    Number(f64),
    /// [`Kind::Boolean`]
    Boolean(bool),
    /// [`Kind::Texts`]
    Texts(Vec<Text>),
    /// [`Kind::StepIds`]
    Names(Vec<Spanned<String>>),
    /// [`Kind::Map`]
    Map(Vec<(Spanned<String>, Text)>),
    /// [`Kind::Table`]
    Fields(Fields),
    /// [`Kind::OneOf`] and [`Kind::Condition`] as a table; [`Kind::Condition`] as a word has no fields.
    Variant(Spanned<String>, Fields),
    /// [`Kind::Conditions`]
    Many(Vec<Arg>),
    /// A value of a wrong type, or none: a problem says so.
    Invalid,
}

/// A string that is scanned for references.
#[derive(Clone, Debug)]
pub struct Text {
    /// The string: its decoded text and where that stands.
    pub source: Str,
    /// Where it stands, with its quotes.
    pub span: Span,
    /// What it is used as.
    pub role: Role,
    /// The references in it, in order.
    pub references: Vec<Reference>,
}

/// Something that does not fit the table of the language.
#[derive(Clone, Debug)]
pub enum Problem {
    /// A key that the table does not have.
    UnknownKey {
        /// The key.
        key: Spanned<String>,
        /// Whose key it is, as people call it: `[recipe]`, `a step`, `'sleep'`.
        owner: String,
        /// The keys that there are.
        known: Vec<&'static str>,
    },
    /// A required key that is not there.
    MissingKey {
        /// Where it should be.
        span: Span,
        /// Whose key it is.
        owner: String,
        /// What is missing.
        spec: &'static Param,
    },
    /// A value of a wrong type.
    WrongType {
        /// The value.
        span: Span,
        /// The key.
        name: String,
        /// What it must be.
        expected: Kind,
        /// What it is, with its article.
        found: &'static str,
        /// Whether quotes around it would mend it.
        quotable: bool,
    },
    /// A word that is none of those allowed.
    NotAmong {
        /// The value.
        value: Spanned<String>,
        /// The key.
        name: String,
        /// The words that there are.
        known: Vec<&'static str>,
    },
    /// A number that is not allowed.
    OutOfRange {
        /// The value.
        span: Span,
        /// The key.
        name: String,
        /// Which are allowed.
        allowed: crate::language::Range,
    },
    /// A step without an operation, or with several; a value with no or several variants.
    NotExactlyOne {
        /// Where one should be, or the first.
        span: Span,
        /// What should have one: `this step`, `'source'`.
        owner: String,
        /// The keys beyond the first.
        extra: Vec<Spanned<String>>,
        /// What there is to choose from.
        known: Vec<&'static str>,
    },
    /// A table that is written where another form is needed, such as `[step]` for `[[step]]`.
    WrongHeader {
        /// The header.
        span: Span,
        /// How it must be written.
        right: &'static str,
    },
}

impl Fields {
    /// The field of that name.
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.items.iter().find(|field| field.spec.name == name)
    }

    /// The text of that name.
    pub fn text(&self, name: &str) -> Option<&Text> {
        match &self.get(name)?.value {
            Arg::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The unscanned string of that name.
    pub fn name(&self, name: &str) -> Option<&Spanned<String>> {
        match &self.get(name)?.value {
            Arg::Name(value) => Some(value),
            _ => None,
        }
    }

    /// The names in the array of that name.
    pub fn names(&self, name: &str) -> &[Spanned<String>] {
        match self.get(name).map(|field| &field.value) {
            Some(Arg::Names(values)) => values,
            _ => &[],
        }
    }

    /// The whole number of that name.
    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.get(name)?.value {
            Arg::Integer(value) => Some(value),
            _ => None,
        }
    }

    /// The number of that name.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.get(name)?.value {
            Arg::Number(value) => Some(value),
            _ => None,
        }
    }

    /// The boolean of that name.
    pub fn boolean(&self, name: &str) -> Option<bool> {
        match self.get(name)?.value {
            Arg::Boolean(value) => Some(value),
            _ => None,
        }
    }

    /// The entries of the table of strings of that name.
    pub fn map(&self, name: &str) -> &[(Spanned<String>, Text)] {
        match self.get(name).map(|field| &field.value) {
            Some(Arg::Map(entries)) => entries,
            _ => &[],
        }
    }

    /// The table of that name.
    pub fn fields(&self, name: &str) -> Option<&Fields> {
        match &self.get(name)?.value {
            Arg::Fields(fields) => Some(fields),
            _ => None,
        }
    }

    /// Calls `visit` with every scanned string in here, however deep.
    pub fn each_text<'a>(&'a self, visit: &mut dyn FnMut(&'a Text)) {
        for field in &self.items {
            field.value.each_text(visit);
        }
    }

    /// Calls `visit` with every field in here, however deep.
    pub fn each_field<'a>(&'a self, visit: &mut dyn FnMut(&'a Field)) {
        for field in &self.items {
            visit(field);
            field.value.each_field(visit);
        }
    }
}

impl Arg {
    fn each_text<'a>(&'a self, visit: &mut dyn FnMut(&'a Text)) {
        match self {
            Self::Text(text) => visit(text),
            Self::Texts(texts) => texts.iter().for_each(visit),
            Self::Map(entries) => entries.iter().for_each(|(_, text)| visit(text)),
            Self::Fields(fields) | Self::Variant(_, fields) => fields.each_text(visit),
            Self::Many(args) => args.iter().for_each(|arg| arg.each_text(visit)),
            _ => {}
        }
    }

    fn each_field<'a>(&'a self, visit: &mut dyn FnMut(&'a Field)) {
        match self {
            Self::Fields(fields) | Self::Variant(_, fields) => fields.each_field(visit),
            Self::Many(args) => args.iter().for_each(|arg| arg.each_field(visit)),
            _ => {}
        }
    }
}

impl StepOperation {
    /// Whether its commands are typed into a session that runs already.
    pub fn types_into_session(&self) -> bool {
        let mode = self.fields.name("tmux_mode");
        mode.is_some_and(|mode| mode.value == "existing")
    }
}

impl Step {
    /// Its id, if it has one.
    pub fn id(&self) -> Option<&Spanned<String>> {
        self.fields.name("id")
    }

    /// Its operation, if it has exactly one.
    pub fn operation(&self) -> Option<&StepOperation> {
        match self.operations.as_slice() {
            [operation] => Some(operation),
            _ => None,
        }
    }

    /// Calls `visit` with every scanned string of the step, its `when` included.
    pub fn each_text<'a>(&'a self, visit: &mut dyn FnMut(&'a Text)) {
        self.fields.each_text(visit);
        for operation in &self.operations {
            operation.fields.each_text(visit);
        }
    }

    /// The variables that this step sets, with the place of each name.
    pub fn sets(&self) -> Vec<&Spanned<String>> {
        self.operations
            .iter()
            .flat_map(StepOperation::sets)
            .collect()
    }
}

impl StepOperation {
    /// The variables that it sets, with the place of each name.
    pub fn sets(&self) -> Vec<&Spanned<String>> {
        let mut names = Vec::new();
        self.fields.each_field(&mut |field| {
            if let (Kind::Name(crate::language::NameKind::SetVariable), Arg::Name(name)) =
                (field.spec.kind, &field.value)
            {
                names.push(name);
            }
        });
        names
    }
}

impl Recipe {
    /// Calls `visit` with every scanned string of the recipe: `[variables]`, then the steps.
    pub fn each_text<'a>(&'a self, visit: &mut dyn FnMut(&'a Text)) {
        self.each_variable_text(visit);
        for step in &self.steps {
            step.each_text(visit);
        }
    }

    /// The same for those of `[variables]`.
    pub fn each_variable_text<'a>(&'a self, visit: &mut dyn FnMut(&'a Text)) {
        let values = self.variables.iter();
        let values = values.filter_map(|variable| variable.value.as_ref());
        values.for_each(visit);
    }

    /// The same for those that `offset` touches.
    pub fn each_text_at<'a>(&'a self, offset: usize, visit: &mut dyn FnMut(&'a Text)) {
        let mut look = |text: &'a Text| {
            if text.span.touches(offset) {
                visit(text);
            }
        };
        self.each_variable_text(&mut look);
        let after = self.steps.partition_point(|step| step.span.start <= offset);
        // Steps can be nested in nothing, so only the last one that starts before it can hold it.
        if let Some(step) = after.checked_sub(1).map(|last| &self.steps[last]) {
            step.each_text(&mut look);
        }
    }

    /// The step of that id, the first if there are several.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps
            .iter()
            .find(|step| step.id().is_some_and(|found| found.value == id))
    }

    /// The variable of `[variables]` of that name, the first if there are several.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables
            .iter()
            .find(|variable| variable.name.value == name)
    }
}

impl Text {
    /// What it says.
    pub fn as_str(&self) -> &str {
        &self.source.text
    }
}
