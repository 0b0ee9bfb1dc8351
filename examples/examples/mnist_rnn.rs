//! 14. A recurrent net reads digits row by row: PyTorch's own example, line by line.

use autograd::Variable;
use clap::Parser;
use datasets::DataLoader;
use examples::{MnistOptions, Result, Results, Run, TrainOptions, evaluate, image_tf};
use nn::{BatchNorm1d, Dropout2d, Forward, LSTM, LSTMOptions, Linear, Module, NLLLoss};
use optim::lr_scheduler::{LRScheduler, StepLR};
use optim::{Adadelta, Optimizer};

/// Trains the recurrent net of github.com/pytorch/examples/mnist_rnn: the 28 rows of a digit are the
/// time steps of an LSTM, whose last output is sorted by two linear layers; Adadelta, whose learning rate
/// falls by 30 % each epoch.
///
/// PyTorch's program has --lr 0.1 --epochs 14, for the 60,000 digits of all of MNIST; there are 10,000 in
/// the sample.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    mnist: MnistOptions<5>,
}

#[derive(Debug, Module)]
struct Net {
    rnn: LSTM,
    batchnorm: BatchNorm1d,
    dropout1: Dropout2d,
    dropout2: Dropout2d,
    fc1: Linear,
    fc2: Linear,
}

impl Net {
    fn new() -> Self {
        Self {
            rnn: LSTM::with(28, 64, LSTMOptions { batch_first: true, ..Default::default() }),
            batchnorm: BatchNorm1d::new(64),
            dropout1: Dropout2d::new(0.25),
            dropout2: Dropout2d::new(0.5),
            fc1: Linear::new(64, 32),
            fc2: Linear::new(32, 10),
        }
    }
}

impl Forward for Net {
    fn forward(&self, input: &Variable) -> Variable {
        // [batch, 1, 28, 28] to [batch, 28, 28]: the rows are the time steps
        let input = input.reshape([-1, 28, 28]);
        let output = self.rnn.forward(&input, None).output;
        // output[:, -1, :]
        let output = self.batchnorm.forward(&output.select(1, -1));
        let output = self.fc1.forward(&self.dropout1.forward(&output)).relu();
        self.fc2.forward(&self.dropout2.forward(&output)).log_softmax(1)
    }
}

fn main() -> Result {
    let Options { mnist: options } = Options::parse();
    let TrainOptions { epochs, batch_size, .. } = options.train;
    let data = options.train.prepare_with(image_tf)?;

    // torch.manual_seed(args.seed)
    tensor::manual_seed(options.train.seed);
    let model = Net::new();
    println!("{model}");
    let mut optimizer = Adadelta::new(model.parameters(), options.lr);
    let mut scheduler = StepLR::with_gamma(&mut optimizer, 1, options.gamma);
    let criterion = NLLLoss::new();
    let train_loader = DataLoader::new(&data.train).batch_size(batch_size).shuffle(!options.no_shuffle);
    let mut run = Run::new("adadelta", epochs, train_loader.len());
    for _ in 0..epochs {
        run.train(&model, &train_loader, |out, label| criterion.forward(out, label), || optimizer.step());
        run.epoch(evaluate(&model, &data.test));
        scheduler.step(&mut optimizer);
    }

    Results::new(options.train.seed, &data, std::slice::from_ref(&run))
        .write(options.train.json.as_deref())?;
    run.draw(&options.train.plot, "mnist_rnn")
}
