//! Training steps of a net on all ranks.

use std::sync::Arc;
use std::time::Instant;

use autograd::Variable;
use clap::ValueEnum;
use distributed::{Communicator, DataParallel, DataParallelOptions, part};
use examples::mlp;
use nn::models::MnistNet;
use nn::{CrossEntropyLoss, Layer, Module, NLLLoss, Sequential};
use optim::{Adadelta, Optimizer, SGD};
use tensor::Tensor;

use super::WARM_UP;

/// A net with its name in commands.
pub(super) struct Net {
    name: &'static str,
    pub(super) title: &'static str,
    /// Samples of all ranks.
    batch: usize,
    steps: u32,
}

impl Net {
    /// What a group is asked.
    pub(super) fn command(&self, how: How) -> String {
        let how = how.to_possible_value().expect("it has a name");
        format!("step {} {}", self.name, how.get_name())
    }
}

pub(super) const NETS: [Net; 3] = [
    Net { name: "mlp", title: "784-400-200-100-10, batch 64, SGD", batch: 64, steps: 100 },
    Net { name: "mnist", title: "`MnistNet`, batch 64, Adadelta", batch: 64, steps: 5 },
    Net { name: "wide", title: "four layers of 1024, batch 32, SGD", batch: 32, steps: 30 },
];

/// What a step has of the exchange of gradients.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub(super) enum How {
    /// While the backward pass is on its way.
    Overlap,
    /// When it has come to its end.
    After,
    /// Nothing: each rank trains its part of the batch for itself.
    Alone,
}

/// The seconds of a step, with buckets of the usual size or of another one.
pub(super) fn sample(
    comm: &Arc<dyn Communicator>,
    name: &str,
    how: &str,
    bucket_bytes: Option<usize>,
) -> distributed::Result<f64> {
    let net = NETS.iter().find(|net| net.name == name).expect("a net of the list");
    let how = How::from_str(how, false).expect("one of the list");
    tensor::manual_seed(0);
    let usual = DataParallelOptions::default();
    let options = DataParallelOptions {
        shards: comm.size(),
        overlap: how == How::Overlap,
        bucket_bytes: bucket_bytes.unwrap_or(usual.bucket_bytes),
        ..usual
    };
    let options = (how != How::Alone).then_some(options);
    match name {
        "mnist" => {
            let x = tensor::randn([net.batch, 1, 28, 28]);
            let optim = |net: &MnistNet| Adadelta::new(net.parameters(), 1.0);
            time(comm, net.steps, options, MnistNet::new(), optim, x, |x, y| NLLLoss::new().forward(x, y))
        }
        _ => {
            let widths: &[usize] = if name == "mlp" { &[784, 400, 200, 100, 10] } else { &[1024; 5] };
            let x = tensor::randn([net.batch, widths[0]]);
            let optim = |net: &Sequential| SGD::new(net.parameters(), 0.01);
            time(comm, net.steps, options, mlp(widths), optim, x, |x, y| {
                CrossEntropyLoss::new().forward(x, y)
            })
        }
    }
}

fn time<N: Layer, O: Optimizer>(
    comm: &Arc<dyn Communicator>,
    steps: u32,
    options: Option<DataParallelOptions>,
    net: N,
    optim: impl FnOnce(&N) -> O,
    x: Tensor,
    loss: impl Fn(&Variable, &Tensor) -> Variable + Sync,
) -> distributed::Result<f64> {
    let mut optim = optim(&net);
    let y = tensor::randint(0, 10, [x.size(0)]);
    let Some(options) = options else {
        let own = part(x.size(0), comm.size(), comm.rank());
        let [x, y] = [x, y].map(|t| t.narrow(0, own.start as isize, own.len()).contiguous());
        return repeat(comm, steps, || {
            optim.zero_grad();
            loss(&net.forward(&Variable::new(x.clone())), &y).backward();
            optim.step();
            Ok(())
        });
    };
    let mut net = DataParallel::new(net, comm.clone(), options)?;
    repeat(comm, steps, || {
        optim.zero_grad();
        net.backward(x.size(0), |net, samples| {
            loss(&net.forward(&Variable::new(samples.of(&x))), &samples.of(&y))
        })?;
        optim.step();
        Ok(())
    })
}

/// Repeats a step, first until all are warm.
fn repeat(
    comm: &Arc<dyn Communicator>,
    steps: u32,
    mut step: impl FnMut() -> distributed::Result<()>,
) -> distributed::Result<f64> {
    let begin = Instant::now();
    let mut warm = vec![0u8];
    while warm[0] == 0 {
        step()?;
        warm[0] = u8::from(begin.elapsed() > WARM_UP);
        comm.broadcast(0, &mut warm)?;
    }
    comm.barrier()?;
    let begin = Instant::now();
    for _ in 0..steps {
        step()?;
    }
    Ok(begin.elapsed().as_secs_f64() / f64::from(steps))
}
