//! 16. A small transformer learns a text letter by letter, and writes some.

use autograd::{Variable, no_grad};
use clap::Parser;
use examples::{Gpt, GptOptions, Result, TextOptions, TextRun, at_least_one};
use nn::{CrossEntropyLoss, Module, TransformerActivation, TransformerLayerOptions};
use optim::{AdamW, Optimizer};
use tensor::Tensor;

/// Trains a GPT of two layers on Shakespeare's As You Like It or a file of yours, and lets it write, with a
/// cache so that each character is read once.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    text: TextOptions<600, 16, 64>,

    /// Numbers for each character
    #[arg(long, value_name = "N", default_value_t = 96, value_parser = at_least_one)]
    width: usize,

    /// Heads of attention, which divide the width among them
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = at_least_one)]
    heads: usize,

    /// Layers
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = at_least_one)]
    layers: usize,

    /// The probability of every dropout
    #[arg(long, value_name = "NUMBER", default_value_t = 0.0)]
    dropout: f64,
}

fn main() -> Result {
    let options = Options::parse();
    let TextOptions { batch_size, length, lr, sample, .. } = options.text;
    let Options { width, heads, layers, dropout, .. } = options;
    if width % heads > 0 || !(0.0..=1.0).contains(&dropout) {
        return Err(examples::Failure::new("--heads must divide --width, and --dropout be between 0 and 1"));
    }
    let (corpus, prompt) = options.text.prepare()?;

    let vocab = corpus.vocab.len();
    let layer = TransformerLayerOptions {
        dim_feedforward: 4 * width,
        dropout: dropout.into(),
        activation: TransformerActivation::Gelu,
        norm_first: true,
        ..Default::default()
    };
    let net = Gpt::new(GptOptions { vocab, context: length, width, heads, layers, layer });
    println!("{net}\n{} numbers to train", net.num_parameters());
    let mut optimizer = AdamW::new(net.parameters(), lr);
    let loss_of = |x: Tensor, y: Tensor| {
        let scores = net.forward(x).reshape([-1, vocab as isize]);
        CrossEntropyLoss::new().forward(&scores, &Variable::new(y.reshape(-1)))
    };
    // Pieces of the text at these places, and what follows each of their characters.
    let batch = |text: &Tensor, places: &[i64]| {
        let pieces = |at: i64| -> Vec<Tensor> {
            places.iter().map(|&place| text.narrow(0, (place + at) as isize, length)).collect()
        };
        [0, 1].map(|at| tensor::stack(&pieces(at), 0))
    };

    let mut run = TextRun::new();
    for _ in 0..options.text.run.steps {
        let last = (corpus.train.numel() - length) as i64;
        let [x, y] = batch(&corpus.train, &tensor::randint(0, last, [batch_size]).to_vec::<i64>());
        let loss = loss_of(x, y);
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        run.step(&loss);
    }

    net.eval();
    let places: Vec<i64> = (0..corpus.test.numel() - length).step_by(length).map(|at| at as i64).collect();
    let held_back = no_grad(|| {
        let [x, y] = batch(&corpus.test, &places);
        loss_of(x, y).item()
    });
    let text = net.generate(&prompt, sample, options.text.sampling());
    println!("{}\n", corpus.vocab.decode(&text.into())?);
    run.finish("gpt", &options.text.run, &corpus, held_back)
}
