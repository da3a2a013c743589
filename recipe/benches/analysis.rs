//! Analysis of whole recipes: cold, and after one edit.
//!
//! `cargo bench -p doppio-recipe --bench analysis` prints the figures. The aim is less than 8 ms after one
//! edit in 1,000 steps; nothing fails if it is missed.

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use recipe::{Analyser, Facts};

fn analysis(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("analysis");
    group.sample_size(10);
    for steps in [100, 1_000, 10_000] {
        let text: Arc<str> = recipe(steps).into();
        let found = Analyser::default()
            .analyse(Arc::clone(&text), None)
            .diagnostics(&Facts::default());
        assert!(found.is_empty(), "the recipe is sound: {:?}", found.first());

        group.bench_function(format!("cold, {steps} steps"), |bencher| {
            bencher.iter(|| black_box(Analyser::default().analyse(Arc::clone(&text), None)));
        });
        // A letter typed into the middle of a command, and taken out again.
        let edited: Arc<str> = text
            .replacen(&format!("part {} of", steps / 2), "prt of", 1)
            .into();
        let mut analyser = Analyser::default();
        let mut before = Some(analyser.analyse(Arc::clone(&text), None));
        let mut is_edited = false;
        group.bench_function(format!("one edit, {steps} steps"), |bencher| {
            bencher.iter_batched(
                || {
                    is_edited = !is_edited;
                    Arc::clone(if is_edited { &edited } else { &text })
                },
                |text| {
                    let analysis = match before.take() {
                        Some(before) => analyser.analyse_again(before, text, None),
                        None => analyser.analyse(text, None),
                    };
                    let diagnostics = analysis.diagnostics(&Facts::default());
                    before = Some(analysis);
                    black_box(diagnostics)
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// A recipe in the style of real ones: variables, a secret, shell of several lines, a captured value.
fn recipe(steps: usize) -> String {
    let mut text =
        "[recipe]\nname = \"bench\"\n\n[variables]\nfolder = \"/workspace\"\n\n".to_owned();
    for step in 0..steps {
        let before = match step.checked_sub(1) {
            Some(before) => format!(
                "depends_on = [\"step-{before}\"]\nwhen = \"${{folder}} != 'x{step}' && !false\"\n"
            ),
            None => String::new(),
        };
        let read = match step.checked_sub(1) {
            Some(before) => format!("env = {{ BEFORE = \"${{out_{before}}}\" }}, "),
            None => String::new(),
        };
        let capture = match step + 1 < steps {
            true => format!("capture_output = \"out_{step}\", "),
            false => String::new(),
        };
        write!(
            text,
            "[[step]]\nid = \"step-{step}\"\n{before}run_commands = {{ workdir = \"${{folder}}\", {read}{capture}\
             commands = '''\nexport HF_TOKEN=${{secret:huggingface/token}}\necho \"part {step} of ${{folder}} in $HOME\"\n\
             for file in ${{folder}}/*.txt; do python3 train.py --epochs 3 < \"$file\" | tee \"log {step}\"; done\n''' }}\n\n"
        )
        .expect("to a string");
    }
    text
}

criterion_group!(benches, analysis);
criterion_main!(benches);
