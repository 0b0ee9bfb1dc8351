//! 9. A convolutional net reads digits: PyTorch's own example for MNIST, line by line.

use std::sync::Arc;

use autograd::Variable;
use clap::Parser;
use datasets::DataLoader;
use distributed::{Communicator, DataParallel};
use examples::{Data, MnistOptions, RankOptions, Result, Results, Run, TrainOptions, evaluate, image_tf};
use nn::models::MnistNet;
use nn::{Module, NLLLoss};
use optim::lr_scheduler::{LRScheduler, StepLR};
use optim::{Adadelta, Optimizer};
use tensor::Tensor;

/// Trains the convolutional net of github.com/pytorch/examples/mnist: two convolutions of 3×3, a pool,
/// dropout, two linear layers; Adadelta, whose learning rate falls by 30 % each epoch.
///
/// On all of MNIST it reads 98.9 % of the test digits after three epochs. PyTorch's program goes on to
/// fourteen, --epochs 14, and 99.2 %.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    mnist: MnistOptions<3>,

    #[command(flatten)]
    ranks: RankOptions,
}

fn main() -> Result {
    let Options { mnist: options, ranks } = Options::parse();
    let all = ranks.connect()?;
    let data = options.train.prepare_on(&all, image_tf)?;
    let Some(run) = all.run(|comm| train(&options, &ranks, &data, comm))? else { return Ok(()) };
    Results::new(options.train.seed, &data, std::slice::from_ref(&run))
        .write(options.train.json.as_deref())?;
    run.draw(&options.train.plot, "mnist_cnn")
}

/// What each rank does; alone it is PyTorch's program to the bit.
fn train(
    options: &MnistOptions<3>,
    ranks: &RankOptions,
    data: &Data,
    comm: Arc<dyn Communicator>,
) -> Result<Run> {
    let TrainOptions { epochs, batch_size, .. } = options.train;
    let first = comm.rank() == 0;

    // torch.manual_seed(args.seed)
    tensor::manual_seed(options.train.seed);
    let net = MnistNet::new();
    if first {
        println!("{net}");
    }
    // optimizer = optim.Adadelta(model.parameters(), lr=args.lr)
    let mut optimizer = Adadelta::new(net.parameters(), options.lr);
    // scheduler = StepLR(optimizer, step_size=1, gamma=args.gamma)
    let mut scheduler = StepLR::with_gamma(&mut optimizer, 1, options.gamma);
    let criterion = NLLLoss::new();
    // model = DistributedDataParallel(model)
    let parallel = ranks.parallel(&*comm);
    let mut net = DataParallel::new(net, comm, parallel)?;
    let train_data = DataLoader::new(&data.train).batch_size(batch_size).shuffle(!options.no_shuffle);
    let train_data = train_data.part(net.own());
    let mut run = Run::new("adadelta", epochs, train_data.len()).shown(first);
    for _ in 0..epochs {
        // train(args, model, device, train_loader, optimizer, epoch); test(model, device, test_loader)
        let loss = |out: &Variable, label: &Tensor| criterion.forward(out, label);
        run.train_parallel(&mut net, &train_data, loss, || optimizer.step())?;
        // All do, not only the one that prints: a loader draws from the default generator.
        run.epoch(evaluate(net.module(), &data.test));
        scheduler.step(&mut optimizer);
    }
    Ok(run)
}
