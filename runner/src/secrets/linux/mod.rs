//! The Secret Service of Linux desktops: GNOME Keyring, KWallet, KeePassXC.
//!
//! * `service.rs`: the connection, and the service's methods with their deadlines.
//! * `names.rs`: listing, presence, status, signals. `values.rs`: sessions, secrets, dialogs.
//!
//! Entries carry exactly two attributes, `service` and `username`, as Python's keyring and
//! `secret-tool` users expect; nothing secret goes into attributes or labels, which KWallet keeps in
//! the clear.

mod names;
mod prompt;
mod service;
mod values;

pub(super) use names::Names;
pub(super) use values::Values;
