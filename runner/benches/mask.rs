//! How fast output passes the mask, and what it costs to learn values. Prints, never fails.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use runner::mask::Masker;
use runner::secrets::Secret;

fn values(count: usize) -> Vec<Secret> {
    let value = |n| format!("hf_{n:03}AbCdEfGhIjKlMnOpQrStUvWxYz{:05}", n * 7919);
    (0..count)
        .map(|n| Secret::new(value(n).into_bytes()))
        .collect()
}

/// A megabyte of what a training job prints, with a value in it now and then.
fn output() -> Vec<u8> {
    let line = |n| match n % 500 {
        0 => "export HF_TOKEN=hf_000AbCdEfGhIjKlMnOpQrStUvWxYz00000\n".to_owned(),
        _ => format!(
            "step {n:>6} loss 0.{:04} lr 3e-4 tokens/s 48{:03}\n",
            n * 31 % 10_000,
            n % 1000
        ),
    };
    (0..)
        .flat_map(|n: usize| line(n).into_bytes())
        .take(1 << 20)
        .collect()
}

fn mask(c: &mut Criterion) {
    let output = output();
    let mut group = c.benchmark_group("mask");
    group.throughput(Throughput::Bytes(output.len() as u64));
    for count in [1, 10, 100] {
        let masker = Masker::new(&values(count));
        group.bench_with_input(BenchmarkId::new("secrets", count), &masker, |b, masker| {
            b.iter(|| {
                let mut stream = masker.stream();
                let shown: usize = output
                    .chunks(32 * 1024)
                    .map(|chunk| stream.push(chunk).len())
                    .sum();
                shown + stream.finish().len()
            });
        });
    }
    group.finish();
    let mut group = c.benchmark_group("learn");
    for count in [1, 10, 100] {
        group.bench_with_input(
            BenchmarkId::new("secrets", count),
            &values(count),
            |b, values| {
                b.iter_batched(|| (), |()| Masker::new(values), BatchSize::PerIteration);
            },
        );
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).without_plots();
    targets = mask
}
criterion_main!(benches);
