//! The Doppio language server.
