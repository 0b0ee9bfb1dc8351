//! 9. A convolutional net reads digits: PyTorch's own example for MNIST, line by line.

use autograd::Variable;
use clap::Parser;
use datasets::DataLoader;
use examples::plot::plot;
use examples::{Result, Results, Run, TrainOptions, evaluate, image_tf, learning_rate};
use nn::models::MnistNet;
use nn::{Forward, Module, NLLLoss};
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
    train: TrainOptions<3, 1>,

    /// Learning rate of the first epoch
    #[arg(long, value_name = "NUMBER", default_value_t = 1.0, value_parser = learning_rate)]
    lr: f64,

    /// What the learning rate is multiplied by after each epoch
    #[arg(long, value_name = "NUMBER", default_value_t = 0.7)]
    gamma: f64,

    /// Go through the samples in their order
    #[arg(long)]
    no_shuffle: bool,
}

fn main() -> Result {
    let options = Options::parse();
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
        net.train();
        for (images, label) in &train_data {
            optimizer.zero_grad();
            // output = model(data); loss = F.nll_loss(output, target)
            let output = net.forward(&Variable::new(images));
            let loss = criterion.forward(&output, &label);
            loss.backward();
            optimizer.step();
            run.batch(&loss, &output, &label);
        }
        run.epoch(evaluate(&net, &data.test));
        scheduler.step(&mut optimizer);
    }

    Results::new(options.train.seed, &data, std::slice::from_ref(&run))
        .write(options.train.json.as_deref())?;
    let picture = |name: &str| options.train.plot.join(format!("mnist_cnn_{name}.svg"));
    plot(&picture("train_loss"), "train loss", run.epochs.iter().map(|e| e.train_loss))?;
    plot(&picture("eval_acc"), "eval acc", run.epochs.iter().map(|e| e.eval_acc))
}
