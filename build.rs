//! Has the linker write down in short where the program holds addresses of its own, which the system fills in when
//! it starts the program. Written out they are a megabyte or more, all of it read before anything else is, and kept
//! in memory by a server that an editor runs all day. It takes glibc 2.36, which Debian 12 has.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |what: &str, value: &str| std::env::var(what).is_ok_and(|it| it == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
