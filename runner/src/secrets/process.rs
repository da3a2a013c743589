//! What keeps values inside this process.

/// Keeps this process out of core dumps and away from debuggers of the same user. Programs that it
/// starts are not concerned. Best effort: where it cannot be had, values are read all the same.
pub(super) fn seal() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
