//! The first source: environment variables. They answer for single names and list nothing, since a
//! variable's name cannot be turned back into a secret's.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;

use recipe::SecretName;

use super::Secret;

/// The variables that are looked at. A set but empty one counts as not set.
#[derive(Clone)]
pub struct Environment(Variables);

#[derive(Clone)]
enum Variables {
    Process,
    Given(BTreeMap<String, OsString>),
}

impl Environment {
    /// The variables of this process.
    pub fn of_this_process() -> Self {
        Self(Variables::Process)
    }

    /// These variables and no others.
    pub fn given<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.into());
        Self(Variables::Given(variables.into_iter().map(own).collect()))
    }

    /// The variable that answers for a secret, if it is set.
    pub fn variable_for(&self, name: &SecretName) -> Option<String> {
        let variable = name.environment_variable();
        self.get(&variable).map(|_| variable)
    }

    pub(super) fn value(&self, name: &SecretName) -> Option<(String, Secret)> {
        let variable = name.environment_variable();
        let value = self.get(&variable)?;
        Some((variable, Secret::new(value.into_encoded_bytes())))
    }

    /// The values of all variables that can answer for a secret, whichever a run uses.
    pub(super) fn values(&self) -> Vec<Secret> {
        let all: Vec<(OsString, OsString)> = match &self.0 {
            Variables::Process => std::env::vars_os().collect(),
            Variables::Given(given) => (given.iter())
                .map(|(name, value)| (name.into(), value.clone()))
                .collect(),
        };
        let is_secret = |name: &OsString| {
            let prefix = recipe::ENVIRONMENT_PREFIX.as_bytes();
            name.as_encoded_bytes().starts_with(prefix)
        };
        all.into_iter()
            .filter(|(name, value)| is_secret(name) && !value.is_empty())
            .map(|(_, value)| Secret::new(value.into_encoded_bytes()))
            .collect()
    }

    /// Whether this is a machine that builds and tests: nobody there can answer a keychain.
    pub(super) fn is_ci(&self) -> bool {
        self.get("CI")
            .is_some_and(|value| value != "false" && value != "0")
    }

    fn get(&self, variable: &str) -> Option<OsString> {
        let value = match &self.0 {
            Variables::Process => std::env::var_os(variable),
            Variables::Given(given) => given.get(variable).cloned(),
        };
        value.filter(|value| !value.is_empty())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_variable_answers_for_its_name_and_an_empty_one_does_not() {
        let environment =
            Environment::given([("DOPPIO_SECRET_A_B", "hunter22"), ("DOPPIO_SECRET_C", "")]);
        let name = |text| SecretName::parse(text).expect(text);
        let variable = Some("DOPPIO_SECRET_A_B".to_owned());
        assert_eq!(environment.variable_for(&name("a/b")), variable);
        assert_eq!(
            environment.variable_for(&name("a-b")),
            variable,
            "names can fold to one variable"
        );
        assert_eq!(environment.variable_for(&name("c")), None);
        let (_, value) = environment.value(&name("a/b")).expect("it is set");
        assert_eq!(value.expose(), b"hunter22");
        assert!(!format!("{environment:?}").contains("hunter22"));
    }

    #[test]
    fn all_that_can_answer_is_known_and_nothing_else() {
        let environment = Environment::given([
            ("DOPPIO_SECRET_A_B", "hunter22"),
            ("DOPPIO_SECRET_C", ""),
            ("HOME", "/home/me"),
        ]);
        let values = environment.values();
        assert_eq!(values.len(), 1);
        assert_eq!(values[0].expose(), b"hunter22");
    }

    #[test]
    fn continuous_integration_is_known_by_its_variable() {
        assert!(Environment::given([("CI", "true")]).is_ci());
        assert!(!Environment::given([("CI", "false")]).is_ci());
        assert!(!Environment::given([("CI", "")]).is_ci());
    }
}
