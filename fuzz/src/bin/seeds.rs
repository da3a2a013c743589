//! `seeds TARGET FOLDER`: writes the first inputs of a target, its corpus and its regressions into a folder.

use std::path::Path;

use fuzz::TARGETS;
use fuzz::seeds::{kept, seeds};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(name), Some(folder)) = (arguments.next(), arguments.next()) else {
        panic!("seeds TARGET FOLDER");
    };
    let target = TARGETS.iter().find(|target| target.name == name);
    let target = target.unwrap_or_else(|| panic!("no target '{name}'"));
    let kept = ["corpus", "regressions"].map(|it| kept(it, target));
    let kept = kept.into_iter().flatten().map(|(_, input)| input);
    for (number, input) in seeds(target).into_iter().chain(kept).enumerate() {
        let path = Path::new(&folder).join(format!("seed-{number}"));
        std::fs::write(&path, input).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}
