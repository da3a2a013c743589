//! The Doppio runner.
