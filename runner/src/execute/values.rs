//! The values of a run: fills the holes that planning left open.
//!
//! Every value is bytes in a [`Secret`], whether it is secret or not, and says whether it is: a
//! text is secret as soon as one part of it is. Nothing here is ever parsed or scanned again.

use std::collections::{BTreeMap, BTreeSet};

use recipe::SecretName;
use recipe::plan::{Piece, Plan, Template};

use crate::secrets::{Buffer, Secret};

/// A value, and whether it is secret.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) bytes: Secret,
    pub(super) secret: bool,
}

impl Value {
    /// A value that everybody may see.
    pub(super) fn public(text: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: Secret::new(text.into()),
            secret: false,
        }
    }

    /// The value as text, whatever its bytes are.
    pub(super) fn lossy(&self) -> String {
        String::from_utf8_lossy(self.bytes.expose()).into_owned()
    }
}

/// What a step left behind.
#[derive(Clone, Debug, Default)]
pub(super) struct StepResult {
    /// Its standard output, if something refers to it.
    pub(super) output: Option<Value>,
    /// Its exit code, if it came to one.
    pub(super) exit_code: Option<i32>,
}

/// Everything that references can stand for, as the run goes on.
#[derive(Debug)]
pub(super) struct Values {
    target: Option<String>,
    now: String,
    environment: BTreeMap<String, String>,
    initial: BTreeMap<String, Template>,
    secrets: BTreeMap<SecretName, Secret>,
    variables: BTreeMap<String, Value>,
    results: BTreeMap<usize, StepResult>,
}

impl Values {
    /// The values at the start. `environment` holds the variables that the plan refers to.
    pub(super) fn new(
        plan: &Plan,
        target: Option<String>,
        now: String,
        environment: BTreeMap<String, String>,
    ) -> Self {
        Self {
            target,
            now,
            environment,
            initial: plan.initial.clone(),
            secrets: BTreeMap::new(),
            variables: BTreeMap::new(),
            results: BTreeMap::new(),
        }
    }

    /// What a template stands for now.
    ///
    /// # Errors
    /// The secret in it that has not been read; [`Values::unread`] names all of them beforehand.
    pub(super) fn fill(&self, template: &Template) -> Result<Value, SecretName> {
        let mut bytes = Buffer::default();
        let mut secret = false;
        for piece in &template.0 {
            let value = self.piece(piece)?;
            bytes.extend(value.bytes.expose());
            secret |= value.secret;
        }
        Ok(Value {
            bytes: bytes.into_secret(),
            secret,
        })
    }

    fn piece(&self, piece: &Piece) -> Result<Value, SecretName> {
        Ok(match piece {
            Piece::Text(text) => Value::public(text.as_str()),
            Piece::Target => Value::public(self.target.clone().unwrap_or_default()),
            Piece::Now => Value::public(self.now.as_str()),
            Piece::Env(name) => {
                Value::public(self.environment.get(name).cloned().unwrap_or_default())
            }
            Piece::Secret(name) => Value {
                bytes: self
                    .secrets
                    .get(name)
                    .cloned()
                    .ok_or_else(|| name.clone())?,
                secret: true,
            },
            Piece::Variable(name) => match (self.variables.get(name), self.initial.get(name)) {
                (Some(value), _) => value.clone(),
                (None, Some(first)) => self.fill(first)?,
                (None, None) => Value::public(""),
            },
            Piece::StepOutput(index) => self
                .results
                .get(index)
                .and_then(|result| result.output.clone())
                .unwrap_or_else(|| Value::public("")),
            Piece::StepExitCode(index) => {
                let code = self.results.get(index).and_then(|result| result.exit_code);
                Value::public(code.map_or(String::new(), |code| code.to_string()))
            }
        })
    }

    /// The secrets that filling the templates needs and that have not been read yet.
    pub(super) fn unread<'a>(
        &'a self,
        templates: impl IntoIterator<Item = &'a Template>,
    ) -> BTreeSet<SecretName> {
        let mut names = BTreeSet::new();
        for template in templates {
            template.visit(&self.initial, &mut |piece| match piece {
                Piece::Secret(name) if !self.secrets.contains_key(name) => {
                    names.insert(name.clone());
                }
                _ => {}
            });
        }
        names
    }

    /// The variables among the references that no step has set so far.
    pub(super) fn unset<'a>(
        &'a self,
        templates: impl IntoIterator<Item = &'a Template>,
    ) -> BTreeSet<&'a str> {
        let pieces = templates.into_iter().flat_map(|template| &template.0);
        pieces
            .filter_map(|piece| match piece {
                Piece::Variable(name) if !self.variables.contains_key(name) => Some(name.as_str()),
                _ => None,
            })
            .collect()
    }

    /// Whether the variable has a first value to fall back on.
    pub(super) fn has_first_value(&self, name: &str) -> bool {
        self.initial.contains_key(name)
    }

    /// Keeps the value of a secret that was read.
    pub(super) fn know(&mut self, name: SecretName, value: Secret) {
        self.secrets.insert(name, value);
    }

    /// Gives a variable a value.
    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.variables.insert(name.to_owned(), value);
    }

    /// Keeps what a step left behind.
    pub(super) fn finish(&mut self, step: usize, result: StepResult) {
        self.results.insert(step, result);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> SecretName {
        SecretName::parse(text).expect("well formed")
    }

    fn values(initial: &[(&str, Template)]) -> Values {
        let plan = Plan {
            name: "test".into(),
            target_is_local: false,
            whole: None,
            steps: Vec::new(),
            initial: initial
                .iter()
                .map(|(name, template)| ((*name).to_owned(), template.clone()))
                .collect(),
        };
        let environment = BTreeMap::from([("HOME".to_owned(), "/home/me".to_owned())]);
        Values::new(
            &plan,
            Some("gpu-1".into()),
            "2026-11-23T20:00:00Z".into(),
            environment,
        )
    }

    #[test]
    fn every_kind_of_hole_is_filled_and_nothing_is_scanned_twice() {
        let mut values = values(&[]);
        values.set("x", Value::public("${secret:a} $(date) `id`"));
        values.finish(
            3,
            StepResult {
                output: Some(Value::public(b"a\xffb".to_vec())),
                exit_code: Some(7),
            },
        );
        let template = Template(vec![
            Piece::Target,
            Piece::Text(" ".into()),
            Piece::Now,
            Piece::Env("HOME".into()),
            Piece::Variable("x".into()),
            Piece::StepExitCode(3),
            Piece::StepOutput(3),
            Piece::StepOutput(4),
            Piece::StepExitCode(4),
        ]);
        let value = values.fill(&template).expect("no secret in it");
        assert!(!value.secret);
        assert_eq!(
            value.bytes.expose(),
            b"gpu-1 2026-11-23T20:00:00Z/home/me${secret:a} $(date) `id`7a\xffb"
        );
    }

    #[test]
    fn a_text_with_a_secret_in_it_is_secret() {
        let first = Template(vec![
            Piece::Text("Bearer ".into()),
            Piece::Secret(name("a/b")),
        ]);
        let mut values = values(&[("header", first)]);
        let template = Template(vec![Piece::Variable("header".into())]);
        assert_eq!(values.unread([&template]), BTreeSet::from([name("a/b")]));
        assert_eq!(values.fill(&template).expect_err("not read"), name("a/b"));
        values.know(name("a/b"), Secret::new(b"hunter22".to_vec()));
        assert!(values.unread([&template]).is_empty());
        let value = values.fill(&template).expect("read");
        assert!(value.secret);
        assert_eq!(value.bytes.expose(), b"Bearer hunter22");
        values.set("header", Value::public("none"));
        assert!(!values.fill(&template).expect("set").secret);
    }

    #[test]
    fn a_variable_that_nobody_set_is_empty_and_known_to_be_unset() {
        let mut values = values(&[]);
        let template = Template(vec![Piece::Variable("x".into())]);
        assert_eq!(values.fill(&template).expect("empty").bytes.expose(), b"");
        assert_eq!(values.unset([&template]), BTreeSet::from(["x"]));
        values.set("x", Value::public("1"));
        assert!(values.unset([&template]).is_empty());
    }
}
