use super::{Check, Run};
use crate::analysis::{Analysis, Facts, Presence};
use crate::diagnostic::{Diagnostic, Severity};
use crate::nearest::{did_you_mean, nearest};
use crate::secret_name::WELL_KNOWN;

pub(super) const CHECK: Check = Check {
    code: "missing-secret",
    severity: Severity::Warning,
    title: "A secret that is not stored",
    run: Run::Facts(run),
};

fn run(analysis: &Analysis, facts: &Facts, found: &mut Vec<Diagnostic>) {
    for (name, uses) in &analysis.names.secrets {
        if facts.secrets.get(name) != Some(&Presence::Missing) {
            continue;
        }
        let stored = facts.stored.iter().map(String::as_str);
        let well_known = || WELL_KNOWN.iter().map(|known| known.name);
        let nearest = nearest(name.as_str(), stored).or_else(|| {
            nearest(name.as_str(), well_known()).filter(|_| name.well_known().is_none())
        });
        let message = format!(
            "the secret '{name}' is not stored{} Store it with: doppio secret set {name}",
            if nearest.is_some() {
                did_you_mean(nearest)
            } else {
                ".".to_owned()
            },
        );
        for place in uses {
            let diagnostic = CHECK.at(place.span, message.clone());
            found.push(match nearest {
                Some(nearest) => {
                    diagnostic.fix(format!("Change to '{nearest}'"), place.span, nearest)
                }
                None => diagnostic,
            });
        }
    }
}
