//! 22. Layers that learn one after the other: PyTorch's example mnist_forward_forward, line by line.

use std::time::Instant;

use autograd::{Variable, cat};
use clap::Parser;
use datasets::DataLoader;
use examples::plot::lines;
use examples::{Result, StepResults, TrainOptions, at_least_one, data_tf_standardised, learning_rate};
use nn::{Linear, Module};
use optim::{Adam, Optimizer};
use tensor::{IndexItem, Tensor, arange, randint};

/// Trains two layers one after the other by the forward-forward algorithm (Hinton, 2022). Each learns to
/// answer strongly to digits that bear their own label in their first ten pixels, and weakly to those that
/// bear a wrong one. The first batch is all there is to train on, and an epoch is a step on it.
///
/// PyTorch's program trains on 50,000 digits for 1000 epochs: here --batch-size 50000 --epochs 1000, on all
/// of MNIST.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    train: TrainOptions<200, 1, 500>,

    /// Learning rate
    #[arg(long, value_name = "NUMBER", default_value_t = 0.03, value_parser = learning_rate)]
    lr: f64,

    /// How strong an answer has to be
    #[arg(long, value_name = "NUMBER", default_value_t = 2.0)]
    threshold: f64,

    /// Epochs between two lines
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = at_least_one)]
    log_interval: usize,
}

/// For each label one of the nine others.
fn get_y_neg(y: &Tensor) -> Tensor {
    let mut y_neg = y.clone();
    for (idx, y_samp) in y.iter().enumerate() {
        let mut allowed_indices: Vec<i64> = (0..10).collect();
        allowed_indices.retain(|&label| label != y_samp.item_as::<i64>());
        let drawn = randint(0, allowed_indices.len() as i64, [1]);
        y_neg.set(idx, &Tensor::from(allowed_indices).i(&drawn));
    }
    y_neg
}

/// The images with a label for each, or one for all, in place of their first ten pixels.
fn overlay_y_on_x(x: &Tensor, y: impl Into<IndexItem>) -> Tensor {
    let mut x_ = x.clone();
    x_.set((.., ..10), 0); // x_[:, :classes] *= 0.0
    x_.set((arange(0, x.size(0) as i64, 1), y), &x.max()); // x_[range(x.shape[0]), y] = x.max()
    x_
}

struct Net {
    layers: Vec<Layer>,
}

impl Net {
    fn new(dims: &[usize], options: &Options) -> Net {
        Net { layers: dims.windows(2).map(|d| Layer::new(d[0], d[1], options)).collect() }
    }

    fn predict(&self, x: &Tensor) -> Tensor {
        let mut goodness_per_label = Vec::new();
        for label in 0..10 {
            let mut h = Variable::new(overlay_y_on_x(x, label));
            let mut goodness = Vec::new();
            for layer in &self.layers {
                h = layer.forward(&h);
                goodness.push(h.pow(2).mean_dim(1, false));
            }
            goodness_per_label.push(goodness.into_iter().sum::<Variable>().unsqueeze(1));
        }
        cat(&goodness_per_label, 1).data().argmax(1, false)
    }

    /// Trains the layers and gives every loss.
    fn train(&mut self, x_pos: Tensor, x_neg: Tensor) -> Vec<f64> {
        let (mut h_pos, mut h_neg, mut losses) = (Variable::new(x_pos), Variable::new(x_neg), Vec::new());
        for (i, layer) in self.layers.iter_mut().enumerate() {
            println!("training layer: {i}");
            (h_pos, h_neg) = layer.train(&h_pos, &h_neg, &mut losses);
        }
        losses
    }
}

struct Layer {
    linear: Linear,
    opt: Adam,
    threshold: f64,
    num_epochs: usize,
    log_interval: usize,
}

impl Layer {
    fn new(in_features: usize, out_features: usize, options: &Options) -> Layer {
        let linear = Linear::new(in_features, out_features);
        let opt = Adam::new(linear.parameters(), options.lr);
        let (num_epochs, log_interval) = (options.train.epochs, options.log_interval);
        Layer { linear, opt, threshold: options.threshold, num_epochs, log_interval }
    }

    fn forward(&self, x: &Variable) -> Variable {
        let x_direction = x / (x.norm_dim(2.0, 1, true) + 1e-4);
        let bias = self.linear.bias.as_ref().expect("the layer has one");
        (x_direction.mm(&self.linear.weight.t()) + bias.unsqueeze(0)).relu()
    }

    fn train(&mut self, x_pos: &Variable, x_neg: &Variable, losses: &mut Vec<f64>) -> (Variable, Variable) {
        for i in 0..self.num_epochs {
            let g_pos = self.forward(x_pos).pow(2).mean_dim(1, false);
            let g_neg = self.forward(x_neg).pow(2).mean_dim(1, false);
            let loss = cat(&[-g_pos + self.threshold, g_neg - self.threshold], 0).exp().log1p().mean();
            self.opt.zero_grad();
            loss.backward();
            self.opt.step();
            if i % self.log_interval == 0 {
                println!("Loss: {}", loss.item());
            }
            losses.push(loss.item());
        }
        (self.forward(x_pos).detach(), self.forward(x_neg).detach())
    }
}

fn main() -> Result {
    let options = Options::parse();
    let data = options.train.prepare_with(data_tf_standardised)?;
    tensor::manual_seed(options.train.seed);
    let train_loader = DataLoader::new(&data.train).batch_size(options.train.batch_size);
    let test_loader = DataLoader::new(&data.test).batch_size(10_000);

    let mut net = Net::new(&[784, 500, 500], &options);
    let (x, y) = train_loader.iter().next().expect("there are digits");
    let x_pos = overlay_y_on_x(&x, &y);
    let y_neg = get_y_neg(&y);
    let x_neg = overlay_y_on_x(&x, &y_neg);

    let start = Instant::now();
    let losses = net.train(x_pos, x_neg);
    let train_seconds = start.elapsed().as_secs_f64();
    println!("train error: {}", 1.0 - net.predict(&x).eq(&y).sum().item() / y.numel() as f64);
    let (x_te, y_te) = test_loader.iter().next().expect("there are digits");
    println!("test error: {}", 1.0 - net.predict(&x_te).eq(&y_te).sum().item() / y_te.numel() as f64);

    StepResults { seed: options.train.seed, dataset: data.source.name(), losses: &losses, train_seconds }
        .write(options.train.json.as_deref())?;
    let layers = losses.chunks(options.train.epochs.max(1));
    let curve = |layer: &[f64]| (1..).map(f64::from).zip(layer.iter().copied()).collect();
    let curves: Vec<_> = ["first layer", "second layer"].into_iter().zip(layers.map(curve)).collect();
    lines(&options.train.plot.join("forward_forward_loss.svg"), "loss", "epoch", &curves)
}
