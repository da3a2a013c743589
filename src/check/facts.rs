//! What the keychain tells about the secrets that recipes use.

use std::collections::BTreeMap;
use std::time::Duration;

use recipe::{Analysis, Facts, Presence, SecretName};
use runner::secrets::{Places, SecretNames};
use tokio::task::JoinSet;

/// Waiting longer for the keychain would be a nuisance; what is not known by then stays unsaid.
const KEYCHAIN: Duration = Duration::from_secs(2);

/// Whether the secrets that the recipes use are stored. Names only: never a value, never a dialog.
pub(super) fn facts<'a>(analyses: impl Iterator<Item = &'a Analysis>) -> Facts {
    let used: BTreeMap<&SecretName, ()> = analyses
        .flat_map(|analysis| analysis.names.secrets.keys())
        .map(|name| (name, ()))
        .collect();
    let mut facts = Facts::default();
    let Ok(state) = runner::paths::state() else {
        return facts;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let (Ok(runtime), false) = (runtime, used.is_empty()) else {
        return facts;
    };
    let names = SecretNames::new(&Places::new(&state).without_starting_a_keychain());
    let asking = async {
        let mut asked = JoinSet::new();
        for name in used.into_keys().cloned() {
            let names = names.clone();
            asked.spawn(async move { (names.presence(&name).await, name) });
        }
        while let Some(answer) = asked.join_next().await {
            if let Ok((presence, name)) = answer {
                facts.secrets.insert(name, known(&presence));
            }
        }
        if facts
            .secrets
            .values()
            .any(|presence| *presence == Presence::Missing)
        {
            let entries = names.list().await.entries;
            facts.stored = entries
                .into_iter()
                .map(|entry| entry.name.to_string())
                .collect();
        }
    };
    // What has been answered by then is kept.
    let _ = runtime.block_on(async { tokio::time::timeout(KEYCHAIN, asking).await });
    runtime.shutdown_background();
    facts
}

fn known(presence: &runner::secrets::Presence) -> Presence {
    match presence {
        runner::secrets::Presence::Present(_) => Presence::Present,
        runner::secrets::Presence::Missing => Presence::Missing,
        runner::secrets::Presence::Unknown(_) => Presence::Unknown,
    }
}
