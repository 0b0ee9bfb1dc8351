//! A program of one rank that trains, whose outcome is to be the same on any number of ranks.

use std::sync::Arc;

use autograd::Variable;
use distributed::{Communicator, DataParallel, DataParallelOptions, Error};
use nn::{
    BatchNorm1d, CrossEntropyLoss, Dropout, Forward, Linear, Module, Parameter, ReLU, Sequential, sequential,
};
use optim::{Adadelta, Adagrad, Adam, Optimizer, RMSprop, SGD, SGDOptions};
use tensor::{Generator, Tensor, use_generator};

pub(crate) const STEPS: usize = 50;

/// Not multiples of the number of shards; batch norm needs two samples in each.
pub(crate) fn samples(step: usize) -> usize {
    if step % 10 == 9 { 17 } else { 21 }
}

pub(crate) fn net(seed: u64) -> Sequential {
    use_generator(&mut Generator::new(seed), || {
        sequential![
            Linear::new(6, 16),
            BatchNorm1d::new(16),
            ReLU::new(),
            Dropout::new(0.3),
            Linear::new(16, 3),
        ]
    })
}

pub(crate) fn batch(step: usize) -> (Tensor, Tensor) {
    use_generator(&mut Generator::new(100 + step as u64), || {
        (tensor::randn([samples(step), 6]), tensor::randint(0, 3, [samples(step)]))
    })
}

pub(crate) type Optim = fn(Vec<Parameter>) -> Box<dyn Optimizer>;

pub(crate) const OPTIMIZERS: [Optim; 6] = [
    |p| Box::new(SGD::new(p, 0.1)),
    |p| Box::new(SGD::with(p, SGDOptions { lr: 0.1, momentum: 0.9, ..Default::default() })),
    |p| Box::new(Adagrad::new(p, 0.05)),
    |p| Box::new(RMSprop::new(p, 0.01)),
    |p| Box::new(Adadelta::new(p, 1.0)),
    |p| Box::new(Adam::new(p, 0.01)),
];

pub(crate) fn loss(net: &Sequential, x: Tensor, y: Tensor) -> Variable {
    CrossEntropyLoss::new().forward(&net.forward(&Variable::new(x)), &Variable::new(y))
}

/// The losses, and the state dict as bits.
pub(crate) type Outcome = (Vec<u64>, Vec<(String, Vec<u8>)>);

pub(crate) fn outcome(losses: Vec<f64>, net: &Sequential) -> Outcome {
    let bits = |(name, tensor): (&str, &Tensor)| (name.to_owned(), tensor.bytes().into_owned());
    (losses.into_iter().map(f64::to_bits).collect(), net.state_dict().iter().map(bits).collect())
}

/// Trains with dropout and batch norm.
pub(crate) fn train(
    comm: Arc<dyn Communicator>,
    shards: usize,
    bytes: usize,
    optim: Optim,
) -> Result<Outcome, Error> {
    // Only rank 0's first weights count.
    let net = net(comm.rank() as u64);
    let mut optim = optim(net.parameters());
    let options = DataParallelOptions { shards, bucket_bytes: bytes, ..Default::default() };
    let mut net = DataParallel::new(net, comm, options)?;
    let mut losses = Vec::new();
    for step in 0..STEPS {
        let (x, y) = batch(step);
        optim.zero_grad();
        losses.push(net.backward(samples(step), |net, samples| {
            let [x, y] = [&x, &y].map(|t| samples.of(t));
            loss(net, x, y)
        })?);
        optim.step();
    }
    Ok(outcome(losses, net.module()))
}
