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

/// What an SSH key of 3072 bits looks like: forty lines, looked for alone and together.
fn private_key() -> Vec<Secret> {
    let line = |n: usize| {
        format!(
            "b3BlbnNzaC1rZXktdjEAAAAA{:04}BG5vbmUAAAAEbm9uZQAAAAAAAAABAAABlwAAAAdz\n",
            n * 7919 % 10_000
        )
    };
    let lines: String = (0..38).map(line).collect();
    let key =
        format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{lines}-----END OPENSSH PRIVATE KEY-----\n");
    vec![Secret::new(key.into_bytes())]
}

fn mask(c: &mut Criterion) {
    let output = output();
    let cases = [
        ("1 token", values(1)),
        ("10 tokens", values(10)),
        ("100 tokens", values(100)),
        ("private key", private_key()),
    ];
    let mut group = c.benchmark_group("mask");
    group.throughput(Throughput::Bytes(output.len() as u64));
    for (name, values) in &cases {
        let masker = Masker::new(values);
        group.bench_with_input(BenchmarkId::from_parameter(name), &masker, |b, masker| {
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
    for (name, values) in &cases {
        group.bench_with_input(BenchmarkId::from_parameter(name), values, |b, values| {
            b.iter_batched(|| (), |()| Masker::new(values), BatchSize::PerIteration);
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).without_plots();
    targets = mask
}
criterion_main!(benches);
