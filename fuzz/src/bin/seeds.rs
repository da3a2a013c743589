//! What a fuzz target starts from, as a folder of files for libFuzzer, and back:
//!
//! * `seeds made TARGET FOLDER` writes the inputs that are made of the repository's texts, and the regressions;
//! * `seeds all TARGET FOLDER` writes those and what was learned;
//! * `seeds keep TARGET FOLDER` keeps as learned what lies in the folder beside those that are made, the shortest
//!   first, up to what a repository should hold.
#![expect(clippy::print_stdout, reason = "a program says what it did")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use fuzz::seeds::{made, regressions};
use fuzz::{TARGETS, Target};
use testkit::samples::{keep_learned, learned};

/// How big the file of a target may be.
const MOST_BYTES: usize = 56 << 10;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, name, folder] = arguments.as_slice() else {
        panic!("seeds made|all|keep TARGET FOLDER");
    };
    let target = TARGETS.iter().find(|target| target.name == name);
    let target = target.unwrap_or_else(|| panic!("no target '{name}'"));
    let folder = Path::new(folder);
    match what.as_str() {
        "made" => write(folder, &first(target)),
        "all" => write(folder, &[first(target), learned(name)].concat()),
        "keep" => keep(target, folder),
        _ => panic!("no '{what}': made, all or keep"),
    }
}

fn first(target: &Target) -> Vec<Vec<u8>> {
    let mut inputs = made(target);
    inputs.extend(regressions(target).into_iter().map(|(_, input)| input));
    inputs
}

fn write(folder: &Path, inputs: &[Vec<u8>]) {
    for (number, input) in inputs.iter().enumerate() {
        let path = folder.join(format!("seed-{number}"));
        fs::write(&path, input).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

fn keep(target: &Target, folder: &Path) {
    let files =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let files = files.map(|file| file.expect("a file").path());
    let mut found: BTreeSet<Vec<u8>> = files
        .map(|path| fs::read(path).expect("an input"))
        .collect();
    for made in first(target) {
        found.remove(&made);
    }
    let inputs: Vec<_> = found.into_iter().collect();
    let kept = keep_learned(target.name, &inputs, MOST_BYTES);
    println!(
        "{:<9} {kept:>5} of {:>5} inputs kept",
        target.name,
        inputs.len()
    );
}
