//! The command line of Doppio.
fn main() {}
