//! Names of secrets: their form, the environment variable that can stand in for one, and the names
//! that everybody uses, with where one gets such a key.

use std::fmt;

/// The name of a secret, known to be well formed: segments of `[A-Za-z0-9_.-]+` joined by `/`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SecretName(String);

/// Why a text is not the name of a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSecretName {
    /// Nothing, or nothing between two slashes.
    #[error("a secret's name has no empty part: write it like 'huggingface/token'")]
    EmptySegment,
    /// A character that no name can have.
    #[error("{0:?} cannot be part of a secret's name: use letters, digits, '_', '.', '-' and '/'")]
    Character(char),
}

impl SecretName {
    /// Reads a name.
    ///
    /// # Errors
    /// When a segment is empty or holds a character other than those above.
    pub fn parse(text: &str) -> Result<Self, BadSecretName> {
        for segment in text.split('/') {
            if let Some(bad) = segment.chars().find(|c| !is_name_char(*c)) {
                return Err(BadSecretName::Character(bad));
            }
            if segment.is_empty() {
                return Err(BadSecretName::EmptySegment);
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// The name as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The environment variable that answers for this secret before the keychain is asked:
    /// `DOPPIO_SECRET_HUGGINGFACE_TOKEN`. Several names can fold to one variable.
    pub fn environment_variable(&self) -> String {
        let folded = self.0.chars().map(|c| match c.is_ascii_alphanumeric() {
            true => c.to_ascii_uppercase(),
            false => '_',
        });
        ENVIRONMENT_PREFIX.chars().chain(folded).collect()
    }

    /// What is known about it if it is one of the [`WELL_KNOWN`] names.
    pub fn well_known(&self) -> Option<&'static WellKnown> {
        WELL_KNOWN.iter().find(|known| known.name == self.0)
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What every environment variable that stands in for a secret starts with.
pub const ENVIRONMENT_PREFIX: &str = "DOPPIO_SECRET_";

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

/// A name that everybody uses, so that completion and hover can help before it is stored.
#[derive(Debug)]
pub struct WellKnown {
    /// The name.
    pub name: &'static str,
    /// What it is.
    pub description: &'static str,
    /// Where a person gets one.
    pub obtain: &'static str,
}

/// The well-known names (section 4 of the language page).
pub const WELL_KNOWN: &[WellKnown] = &[
    WellKnown {
        name: "github/token",
        description: "GitHub personal access token",
        obtain: "GitHub: Settings → Developer settings → Personal access tokens",
    },
    WellKnown {
        name: "huggingface/token",
        description: "Hugging Face token that can read",
        obtain: "Hugging Face: Settings → Access Tokens",
    },
    WellKnown {
        name: "huggingface/write_token",
        description: "Hugging Face token that can write",
        obtain: "Hugging Face: Settings → Access Tokens",
    },
    WellKnown {
        name: "wandb/api_key",
        description: "Weights & Biases API key",
        obtain: "Weights & Biases: Settings → API Keys",
    },
    WellKnown {
        name: "openai/api_key",
        description: "OpenAI API key",
        obtain: "OpenAI platform: API keys",
    },
    WellKnown {
        name: "anthropic/api_key",
        description: "Anthropic API key",
        obtain: "Anthropic console: API keys",
    },
    WellKnown {
        name: "kaggle/username",
        description: "Kaggle user name",
        obtain: "Kaggle: Account → API → Create New Token",
    },
    WellKnown {
        name: "kaggle/key",
        description: "Kaggle API key",
        obtain: "Kaggle: Account → API → Create New Token",
    },
    WellKnown {
        name: "vast/api_key",
        description: "Vast.ai API key",
        obtain: "Vast.ai: Account → API Keys",
    },
    WellKnown {
        name: "ssh/passphrase",
        description: "Passphrase of the SSH key that logs in to hosts",
        obtain: "The passphrase that you chose when you made the key",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_a_form() {
        for good in ["huggingface/token", "a", "A.b-c_d/e/0"] {
            assert_eq!(SecretName::parse(good).expect(good).as_str(), good);
        }
        for empty in ["", "/", "a//b", "a/", "/a"] {
            assert_eq!(
                SecretName::parse(empty),
                Err(BadSecretName::EmptySegment),
                "{empty:?}"
            );
        }
        assert_eq!(SecretName::parse("a b"), Err(BadSecretName::Character(' ')));
        assert_eq!(SecretName::parse("a:b"), Err(BadSecretName::Character(':')));
    }

    #[test]
    fn the_environment_variable_folds_everything_but_letters_and_digits() {
        let name = SecretName::parse("hugging-face/to.ken2").expect("well formed");
        assert_eq!(
            name.environment_variable(),
            "DOPPIO_SECRET_HUGGING_FACE_TO_KEN2"
        );
    }

    #[test]
    fn every_well_known_name_is_well_formed() {
        for known in WELL_KNOWN {
            let name = SecretName::parse(known.name).expect(known.name);
            assert!(name.well_known().is_some());
        }
    }
}
