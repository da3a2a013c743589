//! The README's editor set-ups in the real editors: from squiggles while typing down to a file that
//! a command wrote on a real host, with a secret from a real keychain.
//!
//! [`world`] is the machine that all of it happens on.

mod emacs;
mod helix;
mod nvim;
mod world;
