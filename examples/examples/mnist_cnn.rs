//! 9. A convolutional net reads digits: PyTorch's own example for MNIST, line by line.

use clap::Parser;
use datasets::DataLoader;
use examples::{MnistOptions, Result, Results, Run, TrainOptions, evaluate, image_tf};
use nn::models::MnistNet;
use nn::{Module, NLLLoss};
use optim::lr_scheduler::{LRScheduler, StepLR};
use optim::{Adadelta, Optimizer};

/// Trains the convolutional net of github.com/pytorch/examples/mnist: two convolutions of 3×3, a pool,
/// dropout, two linear layers; Adadelta, whose learning rate falls by 30 % each epoch.
///
/// On all of MNIST it reads 98.9 % of the test digits after three epochs. PyTorch's program goes on to
/// fourteen, --epochs 14, and 99.2 %.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    mnist: MnistOptions<3>,
}

fn main() -> Result {
    let Options { mnist: options } = Options::parse();
    let TrainOptions { epochs, batch_size, .. } = options.train;
    let data = options.train.prepare_with(image_tf)?;

    // torch.manual_seed(args.seed)
    tensor::manual_seed(options.train.seed);
    let net = MnistNet::new();
    println!("{net}");
    // optimizer = optim.Adadelta(model.parameters(), lr=args.lr)
    let mut optimizer = Adadelta::new(net.parameters(), options.lr);
    // scheduler = StepLR(optimizer, step_size=1, gamma=args.gamma)
    let mut scheduler = StepLR::with_gamma(&mut optimizer, 1, options.gamma);
    let criterion = NLLLoss::new();
    let train_data = DataLoader::new(&data.train).batch_size(batch_size).shuffle(!options.no_shuffle);
    let mut run = Run::new("adadelta", epochs, train_data.len());
    for _ in 0..epochs {
        // train(args, model, device, train_loader, optimizer, epoch); test(model, device, test_loader)
        run.train(&net, &train_data, |out, label| criterion.forward(out, label), || optimizer.step());
        run.epoch(evaluate(&net, &data.test));
        scheduler.step(&mut optimizer);
    }

    Results::new(options.train.seed, &data, std::slice::from_ref(&run))
        .write(options.train.json.as_deref())?;
    run.draw(&options.train.plot, "mnist_cnn")
}
