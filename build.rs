//! Has the linker write down in short where the program holds addresses of its own, which the system fills in when
//! it starts the program. Written out they are a megabyte or more, all of it read before anything else is, and kept
//! in memory by a server that an editor runs all day. Only glibc from 2.36 on starts such a program: with an older
//! one, as Ubuntu 22.04 has it, or when building for another machine, the program is as large as ever.

use std::env;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = env::var("TARGET").unwrap_or_default();
    if target.ends_with("-linux-gnu")
        && env::var("HOST").is_ok_and(|host| host == target)
        && glibc() >= Some((2, 36))
    {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// The version of this machine's C library.
fn glibc() -> Option<(u32, u32)> {
    let said = Command::new("getconf")
        .arg("GNU_LIBC_VERSION")
        .output()
        .ok()?
        .stdout;
    let version = String::from_utf8(said).ok()?;
    let (major, minor) = version.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
}
