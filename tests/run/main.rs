//! `doppio run`, the real binary: endings, exit codes, events, cancelling, what is kept.

mod approval;
mod endings;
mod events;
mod hostile;
mod kept;
mod keychain;
mod refusals;
mod remote;
mod signals;
mod support;
mod terminal;
