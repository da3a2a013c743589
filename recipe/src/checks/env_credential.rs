use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::reference::ReferenceKind;
use crate::secret_name::ENVIRONMENT_PREFIX;

pub(super) const CHECK: Check = Check {
    code: "env-credential",
    severity: Severity::Warning,
    title: "An environment variable that looks like a credential",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    context.recipe.each_text(&mut |text| {
        for reference in &text.references {
            let ReferenceKind::Env(variable) = &reference.kind else {
                continue;
            };
            if variable.starts_with(ENVIRONMENT_PREFIX) || !looks_like_credential(variable) {
                continue;
            }
            let secret = secret_name(variable);
            let right = format!("${{secret:{secret}}}");
            let message = format!(
                "{variable} looks like a credential, and what ${{env.…}} gives is neither masked nor kept out of logs: \
                 store it with `doppio secret set {secret}` and write {right}"
            );
            let diagnostic = CHECK.at(reference.span, message);
            found.push(match text.role.allows_secrets() {
                true => diagnostic.fix(format!("Change to {right}"), reference.span, right),
                false => diagnostic,
            });
        }
    });
}

fn looks_like_credential(variable: &str) -> bool {
    let upper = variable.to_ascii_uppercase();
    let words: Vec<&str> = upper.split('_').collect();
    words.iter().any(|word| WORDS.contains(word))
        || words
            .windows(2)
            .any(|pair| pair[1] == "KEY" && KINDS_OF_KEY.contains(&pair[0]))
}

const WORDS: &[&str] = &[
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "PASS",
    "APIKEY",
    "CREDENTIAL",
    "CREDENTIALS",
];

const KINDS_OF_KEY: &[&str] = &[
    "API",
    "ACCESS",
    "PRIVATE",
    "ENCRYPTION",
    "AUTH",
    "SSH",
    "DEPLOY",
];

/// How such a credential would be called by convention: the service, then what it is.
fn secret_name(variable: &str) -> String {
    let lower = variable.to_ascii_lowercase();
    match lower.as_str() {
        "hf_token" | "huggingface_token" | "hugging_face_hub_token" => {
            "huggingface/token".to_owned()
        }
        "gh_token" => "github/token".to_owned(),
        _ => match lower.trim_matches('_').split_once('_') {
            Some((service, what)) => format!("{service}/{what}"),
            None => lower,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SecretName;

    #[test]
    fn credentials_are_known_by_their_words() {
        for yes in [
            "HF_TOKEN",
            "WANDB_API_KEY",
            "AWS_SECRET_ACCESS_KEY",
            "PGPASSWORD_PASS",
            "db_password",
        ] {
            assert!(looks_like_credential(yes), "{yes}");
            assert!(SecretName::parse(&secret_name(yes)).is_ok(), "{yes}");
        }
        for no in [
            "HOME",
            "KEY",
            "KEYBOARD",
            "TOKENIZERS_PARALLELISM",
            "MONKEY_API",
        ] {
            assert!(!looks_like_credential(no), "{no}");
        }
        assert_eq!(secret_name("WANDB_API_KEY"), "wandb/api_key");
        assert_eq!(secret_name("HF_TOKEN"), "huggingface/token");
    }
}
