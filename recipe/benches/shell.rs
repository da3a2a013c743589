//! What a keystroke costs in the shell texts of a recipe.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use recipe::shell::{Mark, Memory, judge};

const LINES: &str = "cd /workspace && pip install -q vllm\n\
    export HF_TOKEN=${secret:huggingface/token}\n\
    huggingface-cli download \"${model}\" --local-dir 'models/${name}'\n";

fn marks() -> Vec<Mark> {
    let reference = |(index, (start, _)): (usize, (usize, &str))| Mark {
        span: start..start + LINES[start..].find('}').expect("closed") + 1,
        variable: format!("DOPPIO_{index}"),
        secret: index == 0,
    };
    LINES
        .match_indices("${")
        .enumerate()
        .map(reference)
        .collect()
}

fn shell(criterion: &mut Criterion) {
    let marks = marks();
    criterion.bench_function("three lines, three marks", |bench| {
        bench.iter(|| black_box(judge(black_box(LINES), &marks, &[])));
    });
    criterion.bench_function("three lines, no marks", |bench| {
        bench.iter(|| black_box(judge(black_box(LINES), &[], &[])));
    });
    let mut memory = Memory::default();
    criterion.bench_function("three lines, remembered", |bench| {
        bench.iter(|| black_box(memory.judge(black_box(LINES), &marks, &[])));
    });
}

criterion_group!(benches, shell);
criterion_main!(benches);
