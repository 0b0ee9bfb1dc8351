//! The same seed gives the same bits, whatever computes them.

use datasets::transforms::Lambda;
use datasets::{DataLoader, Mnist, random, transforms};
use examples::data_tf;
use nn::{CrossEntropyLoss, Dropout, Forward, Linear, Module, ReLU, sequential};
use optim::{Adam, Optimizer};
use tensor::Tensor;

const STEPS: usize = 30;

/// Digits with noise on them: a transform that draws random numbers.
fn noisy_digits() -> Mnist {
    let noise = |x: Tensor| {
        let noise = random::with_generator(|g| g.randn([784], x.dtype()));
        x + noise * 0.1
    };
    Mnist::embedded_train(transforms![data_tf(), Lambda(noise)])
}

/// Trains for some steps, with dropout and shuffling, and gives every loss and every parameter as bits.
///
/// Batches of 128 and the tutorial's larger net are enough that products, elementwise work and updates
/// are all split between threads.
fn train(threads: usize, num_workers: usize) -> Vec<u32> {
    tensor::set_num_threads(threads);
    tensor::manual_seed(7);
    let digits = noisy_digits();
    let net = sequential![
        Linear::new(784, 400),
        ReLU::new(),
        Dropout::new(0.3),
        Linear::new(400, 200),
        ReLU::new(),
        Dropout::new(0.3),
        Linear::new(200, 10)
    ];
    let criterion = CrossEntropyLoss::new();
    let mut optim = Adam::new(net.parameters(), 1e-3);
    let train_data = DataLoader::new(&digits).batch_size(128).shuffle(true).num_workers(num_workers);
    let mut bits = Vec::new();
    for (x, y) in train_data.iter().take(STEPS) {
        let loss = criterion.forward(&net.forward(&x.into()), &y);
        optim.zero_grad();
        loss.backward();
        optim.step();
        bits.push((loss.item() as f32).to_bits());
    }
    for p in net.parameters() {
        bits.extend(p.data().to_vec::<f32>().iter().map(|w| w.to_bits()));
    }
    bits
}

#[test]
fn neither_threads_nor_workers_change_a_bit() {
    let expected = train(1, 0);
    for (threads, num_workers) in [(2, 0), (3, 1), (4, 3), (1, 3), (7, 1)] {
        let bits = train(threads, num_workers);
        let differ = bits.iter().zip(&expected).filter(|(x, y)| x != y).count();
        assert_eq!(differ, 0, "{threads} threads, {num_workers} workers: of {} numbers", bits.len());
    }
}
