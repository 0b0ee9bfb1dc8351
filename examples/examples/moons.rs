//! 20. Two moons told apart: the demo of micrograd, line by line, with its points, first weights and losses.

use std::time::Instant;

use autograd::Variable;
use clap::Parser;
use datasets::random::{python_generator, python_uniform};
use datasets::{MakeMoonsOptions, make_moons};
use examples::boundary::plot_decision_boundary;
use examples::{Result, StepOptions, StepResults};
use nn::{Forward, Linear, Module, ReLU, Sequential, init, sequential};
use tensor::{DType, Tensor};

/// Trains a net of two hidden layers on points of two classes with the loss of a support vector machine, in
/// float64 as micrograd does.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    run: StepOptions<100, 1337>,
}

/// `MLP(2, [16, 16, 1])`: weights from −1 to 1 as Python's `random` draws them, biases of 0.
fn mlp(seed: u64) -> Sequential {
    let model =
        sequential![Linear::new(2, 16), ReLU::new(), Linear::new(16, 16), ReLU::new(), Linear::new(16, 1)];
    model.to_dtype(DType::F64);
    let mut random = python_generator(seed); // random.seed(1337)
    for layer in model.iter().filter_map(|layer| layer.downcast_ref::<Linear>()) {
        let draws = (0..layer.weight.numel()).map(|_| python_uniform(&mut random, -1.0, 1.0)).collect();
        layer.weight.set_data(Tensor::from_vec(draws, layer.weight.shape()));
        init::zeros_(layer.bias.as_ref().expect("the layer has one"));
    }
    model
}

fn main() -> Result {
    let Options { run: options } = Options::parse();
    options.prepare()?;

    // np.random.seed(1337); X, y = make_moons(n_samples=100, noise=0.1)
    let random_state = Some(options.seed as u32);
    let (x, y) = make_moons(100, MakeMoonsOptions { noise: Some(0.1), random_state, ..Default::default() });
    let y = y * 2 - 1; // make y be -1 or 1

    // initialize a model
    let model = mlp(options.seed); // 2-layer neural network
    println!("{model}");
    println!("number of parameters {}", model.num_parameters());

    // loss function
    let loss = || {
        // forward the model to get scores
        let scores = model.forward(&Variable::new(&x)).squeeze(1);

        // svm "max-margin" loss
        let losses = (1 + -&y * &scores).relu();
        let data_loss = losses.sum() * (1.0 / losses.numel() as f64);
        // L2 regularization
        let alpha = 1e-4;
        let reg_loss = alpha * model.parameters().iter().map(|p| (p * p).sum()).sum::<Variable>();
        let total_loss = data_loss + reg_loss;

        // also get accuracy
        let accuracy = y.gt(0).eq(&scores.gt(0));
        (total_loss, accuracy.sum().item() / accuracy.numel() as f64)
    };

    // optimization
    let (mut losses, start) = (Vec::new(), Instant::now());
    for k in 0..options.steps {
        // forward
        let (total_loss, acc) = loss();

        // backward
        model.zero_grad();
        total_loss.backward();

        // update (sgd)
        let learning_rate = 1.0 - 0.9 * k as f64 / 100.0;
        for p in model.parameters() {
            p.update(|data, grad| *data -= learning_rate * grad);
        }

        println!("step {k} loss {}, accuracy {}%", total_loss.item(), acc * 100.0);
        losses.push(total_loss.item());
    }
    let train_seconds = start.elapsed().as_secs_f64();
    StepResults { seed: options.seed, dataset: "two moons", losses: &losses, train_seconds }
        .write(options.json.as_deref())?;

    // visualize decision boundary
    model.to_dtype(DType::F32);
    let classes = y.gt(0).to_dtype(DType::F32).unsqueeze(1);
    let file = options.plot.join("moons.svg");
    plot_decision_boundary(&file, "two moons", &model, &x.to_dtype(DType::F32), &classes)
}
