//! Large recipes of one plain shape each, whose cost must grow as their text does.
//!
//! `cargo bench -p doppio-recipe --bench growth` prints for each shape what 1,000 and 8,000 pieces take, and how
//! much text that is a second: where the second is far below the first, something is looked at too often.

#[path = "../tests/growth/shapes.rs"]
mod shapes;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use recipe::{Analyser, Facts};

fn growth(criterion: &mut Criterion) {
    for (name, recipe) in shapes::all() {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10);
        group.warm_up_time(Duration::from_millis(200));
        group.measurement_time(Duration::from_secs(1));
        for pieces in [1_000, 8_000] {
            let text: Arc<str> = recipe(pieces).into();
            group.throughput(Throughput::Bytes(text.len() as u64));
            group.bench_function(pieces.to_string(), |bencher| {
                bencher.iter(|| {
                    let analysis = Analyser::default().analyse(Arc::clone(&text), None);
                    black_box(analysis.diagnostics(&Facts::default()))
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, growth);
criterion_main!(benches);
