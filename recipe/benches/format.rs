//! Formatting whole recipes: one that is in the style already, and one in which every line is not.
//!
//! `cargo bench -p doppio-recipe --bench format` prints the figures. The aim is less than 50 ms for 10,000
//! steps; nothing fails if it is missed.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use recipe::format::{Indent, edits};
use recipe::syntax;

fn format(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("format");
    group.sample_size(10);
    for steps in [100, 1_000, 10_000] {
        let plain = recipe(steps);
        let odd = plain.replace(" = ", "=").replace("\n\n", "\n");
        for (name, text) in [("in the style", plain), ("in no style", odd)] {
            let tree = syntax::parse(&text);
            let found = edits(&text, &tree, None, Indent::default());
            assert_eq!(
                found.is_empty(),
                name == "in the style",
                "{:?}",
                found.first()
            );
            group.bench_function(format!("{name}, {steps} steps"), |bencher| {
                bencher.iter(|| black_box(edits(&text, &tree, None, Indent::default())));
            });
        }
    }
    group.finish();
}

/// A recipe with inline tables, arrays over several lines, comments and shell.
fn recipe(steps: usize) -> String {
    let step = |step: usize| {
        format!(
            "\n# Step {step}\n[[step]]\nid = \"step-{step}\"\nretry = {{ max_attempts = 3, delay_secs = 10 }} # patient\n\
             run_commands = {{ workdir = \"/srv\", env = {{ PART = \"{step}\" }}, commands = '''\n\
             for file in *.txt; do python3 train.py --epochs 3 < \"$file\" | tee \"log $PART\"; done\n''' }}\n\
             timeout_secs = 600\ndepends_on = [\n    \"first\",\n    \"second\",\n]\n"
        )
    };
    let steps: String = (0..steps).map(step).collect();
    format!("[recipe]\nname = \"bench\"\n{steps}")
}

criterion_group!(benches, format);
criterion_main!(benches);
