//! See `fuzz::syntax`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::syntax::holds(data));
