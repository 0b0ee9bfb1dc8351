//! Several models at once, by rayon and by threads: the same bits, and rayon's way takes no longer.

use std::time::{Duration, Instant};

use autograd::Variable;
use nn::{CrossEntropyLoss, Forward, Linear, Module, ReLU, sequential};
use optim::{Adam, Optimizer};
use rayon::prelude::*;
use tensor::{Generator, randint, randn, use_generator};

const NETS: u64 = 8;

/// Trains a net large enough that its products would be split between threads; gives its parameters' bits.
fn train(seed: u64) -> Vec<u32> {
    use_generator(&mut Generator::new(seed), || {
        let net = sequential![Linear::new(256, 128), ReLU::new(), Linear::new(128, 10)];
        let mut optim = Adam::new(net.parameters(), 1e-3);
        let (x, y) = (Variable::new(randn([64, 256])), randint(0, 10, [64]));
        for _ in 0..20 {
            let loss = CrossEntropyLoss::new().forward(&net.forward(&x), &y);
            optim.zero_grad();
            loss.backward();
            optim.step();
        }
        let bits = |p: nn::Parameter| p.data().to_vec::<f32>().into_iter().map(f32::to_bits);
        net.parameters().into_iter().flat_map(bits).collect()
    })
}

fn by_rayon() -> Vec<Vec<u32>> {
    (0..NETS).into_par_iter().map(train).collect()
}

fn by_threads() -> Vec<Vec<u32>> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..NETS).map(|seed| scope.spawn(move || train(seed))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no net panics")).collect()
    })
}

fn time(run: fn() -> Vec<Vec<u32>>) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

#[test]
fn eight_nets_by_rayon_have_the_same_bits_and_take_no_longer() {
    let expected: Vec<Vec<u32>> = (0..NETS).map(train).collect();
    assert_eq!(by_rayon(), expected);
    assert_eq!(by_threads(), expected);
    // In alternation, so that a slow second hits both; the best is free of what other programs take, and a
    // tenth is left for the clock.
    let times = (0..20).map(|_| (time(by_rayon), time(by_threads)));
    let first = (Duration::MAX, Duration::MAX);
    let (rayon, threads) = times.fold(first, |best, now| (best.0.min(now.0), best.1.min(now.1)));
    assert!(rayon <= threads + threads / 10, "by rayon {rayon:?}, by threads {threads:?}");
}
