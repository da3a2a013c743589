//! What supplies what a run missed: an action for every client, also one that cannot ask questions.

use recipe::SecretName;
use runner::problem::{Problem, ProblemKind};

use crate::commands::{Command, RunRequest};

/// The commands that supply what `problems` miss and start the run of `request` again.
pub(super) fn commands(
    request: &RunRequest,
    problems: &[Problem],
    hosts: &[String],
) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut keys = Vec::new();
    let mut fingerprints = Vec::new();
    let mut variables = Vec::new();
    for problem in problems {
        match &problem.kind {
            ProblemKind::TargetMissing => {
                let own = hosts.iter().map(String::as_str);
                for host in own.chain(["local"]) {
                    let request = RunRequest {
                        target: Some(host.to_owned()),
                        ..request.clone()
                    };
                    commands.push(Command::run(&format!("Run on {host}"), &request));
                }
            }
            ProblemKind::ApprovalNeeded { hash, effects, .. } => {
                let request = RunRequest {
                    approve: Some(hash.clone()),
                    ..request.clone()
                };
                let title = format!("Approve and run: {}", effects.count());
                commands.push(Command::run(&title, &request));
            }
            ProblemKind::HostKeyUnknown { host, fingerprint } => {
                keys.push(format!("{fingerprint} of {host}"));
                fingerprints.push(fingerprint.clone());
            }
            ProblemKind::SecretMissing { name } => {
                commands.extend(
                    SecretName::parse(name)
                        .ok()
                        .as_ref()
                        .map(Command::how_to_store),
                );
            }
            ProblemKind::VariableMissing { name } => variables.push(name.clone()),
            _ => {}
        }
    }
    commands.extend(give(request, variables));
    if !keys.is_empty() {
        let request = RunRequest {
            accept_host_keys: fingerprints,
            ..request.clone()
        };
        let title = format!("Trust host key {} and run", keys.join(", "));
        commands.push(Command::run(&title, &request));
    }
    commands
}

/// The commands that give variables values: for clients that ask the user, and for those that cannot.
fn give(request: &RunRequest, variables: Vec<String>) -> Vec<Command> {
    if variables.is_empty() {
        return Vec::new();
    }
    let mut request = request.clone();
    let empty = variables.iter().map(|name| (name.clone(), String::new()));
    request.vars.extend(empty);
    let names = variables.join(", ");
    vec![
        Command::ask_and_run(
            &format!("Give {names} a value and run"),
            &request,
            variables,
        ),
        Command::run(&format!("Run with {names} empty"), &request),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn supplied(kinds: Vec<ProblemKind>) -> Vec<(String, String)> {
        let problems: Vec<Problem> = kinds
            .into_iter()
            .map(|kind| Problem {
                kind,
                steps: Vec::new(),
                message: String::new(),
            })
            .collect();
        let request = RunRequest::whole("file:///a").only("s");
        let commands = commands(&request, &problems, &["gpu-1".to_owned()]);
        let shown = commands.into_iter();
        shown
            .map(|it| (it.title, it.argument.to_string()))
            .collect()
    }

    #[test]
    fn a_missing_target_is_supplied_by_every_host() {
        let shown = supplied(vec![ProblemKind::TargetMissing]);
        let (title, argument) = &shown[0];
        assert_eq!(title, "Run on gpu-1");
        assert_eq!(
            argument,
            r#"{"step":"s","target":"gpu-1","uri":"file:///a"}"#
        );
        assert_eq!(shown[1].0, "Run on local");
    }

    #[test]
    fn what_it_does_is_approved_by_hash() {
        let shown = supplied(vec![ProblemKind::ApprovalNeeded {
            hash: "0a1b".to_owned(),
            effects: Default::default(),
            changes: None,
        }]);
        assert_eq!(shown[0].0, "Approve and run: 0 hosts, 0 secrets");
        assert_eq!(
            shown[0].1,
            r#"{"approve":"0a1b","step":"s","uri":"file:///a"}"#
        );
    }

    #[test]
    fn unknown_host_keys_are_named_in_one_action() {
        let key = |host: &str| ProblemKind::HostKeyUnknown {
            host: host.to_owned(),
            fingerprint: format!("SHA256:{host}"),
        };
        let shown = supplied(vec![key("a"), key("b")]);
        assert_eq!(shown.len(), 1);
        assert_eq!(
            shown[0].0,
            "Trust host key SHA256:a of a, SHA256:b of b and run"
        );
        assert!(
            shown[0]
                .1
                .contains("\"acceptHostKeys\":[\"SHA256:a\",\"SHA256:b\"]")
        );
    }

    #[test]
    fn variables_are_asked_for_or_left_empty() {
        let problem = Problem {
            kind: ProblemKind::VariableMissing {
                name: "loss".to_owned(),
            },
            steps: Vec::new(),
            message: String::new(),
        };
        let request = RunRequest::whole("file:///a").starting_at("s");
        let commands = commands(&request, &[problem], &[]);
        let expected = r#"{"from":"s","uri":"file:///a","vars":{"loss":""}}"#;
        let shown: Vec<_> = commands
            .iter()
            .map(|it| (it.title.as_str(), it.is_for_all(), it.argument.to_string()))
            .collect();
        assert_eq!(
            shown,
            [
                ("Give loss a value and run", false, expected.to_owned()),
                ("Run with loss empty", true, expected.to_owned()),
            ]
        );
        assert_eq!(commands[0].asks, ["loss"]);
    }

    #[test]
    fn what_no_command_can_supply_has_none() {
        let host = "gpu-1".to_owned();
        assert_eq!(supplied(vec![ProblemKind::HostKeyRefused { host }]), []);
    }
}
