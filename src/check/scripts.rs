//! What `shellcheck` says of the commands of recipes, where it is installed.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use recipe::Analysis;
use recipe::remarks::Remarks;
use runner::shellcheck::Shellcheck;

/// So long all scripts together are looked at; of those that come after it nothing is said.
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks about one script after the other.
pub(super) fn remarks<'a>(analyses: impl Iterator<Item = &'a Analysis>) -> Remarks {
    let mut remarks = Remarks::new();
    let Some(program) = Shellcheck::find() else {
        return remarks;
    };
    let scripts: BTreeSet<String> = analyses.flat_map(Analysis::scripts).collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let (Ok(runtime), false) = (runtime, scripts.is_empty()) else {
        return remarks;
    };
    let started = Instant::now();
    for script in scripts {
        if started.elapsed() > PATIENCE {
            break;
        }
        let said = runtime.block_on(program.check(&script));
        remarks.insert(script, said);
    }
    remarks
}
