//! 16. A small transformer learns a text letter by letter, and writes some.

use std::sync::Arc;

use autograd::{Variable, no_grad};
use clap::Parser;
use distributed::{Communicator, DataParallel};
use examples::{Corpus, Gpt, GptOptions, RankOptions, Result, TextOptions, TextRun, at_least_one};
use nn::{CrossEntropyLoss, Module, TransformerActivation, TransformerLayerOptions};
use optim::{AdamW, Optimizer};
use tensor::Tensor;

/// Trains a GPT of two layers on Shakespeare's As You Like It or a file of yours, and lets it write, with a
/// cache so that each character is read once.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    text: TextOptions<600, 16, 64>,

    #[command(flatten)]
    ranks: RankOptions,

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
    let Options { width, heads, dropout, .. } = options;
    if width % heads > 0 || !(0.0..=1.0).contains(&dropout) {
        return Err(examples::Failure::new("--heads must divide --width, and --dropout be between 0 and 1"));
    }
    let ranks = options.ranks.connect()?;
    let (corpus, prompt) = options.text.prepare()?;
    let Some((net, run)) = ranks.run(|comm| train(&options, &corpus, comm))? else { return Ok(()) };

    net.eval();
    let length = options.text.length;
    let places: Vec<i64> = (0..corpus.test.numel() - length).step_by(length).map(|at| at as i64).collect();
    let held_back = no_grad(|| loss_of(&net, &corpus.test, &places, length).item());
    let text = net.generate(&prompt, options.text.sample, options.text.sampling());
    println!("{}\n", corpus.vocab.decode(&text.into())?);
    run.finish("gpt", &options.text.run, &corpus, held_back)
}

/// What each rank does: its part of every batch.
fn train(options: &Options, corpus: &Corpus, comm: Arc<dyn Communicator>) -> Result<(Gpt, TextRun)> {
    let &Options { width, heads, layers, dropout, .. } = options;
    let TextOptions { batch_size, length, lr, .. } = options.text;
    let first = comm.rank() == 0;
    // torch.manual_seed(args.seed)
    tensor::manual_seed(options.text.run.seed);
    let vocab = corpus.vocab.len();
    let layer = TransformerLayerOptions {
        dim_feedforward: 4 * width,
        dropout: dropout.into(),
        activation: TransformerActivation::Gelu,
        norm_first: true,
        ..Default::default()
    };
    let net = Gpt::new(GptOptions { vocab, context: length, width, heads, layers, layer });
    if first {
        println!("{net}\n{} numbers to train", net.num_parameters());
    }
    let mut optimizer = AdamW::new(net.parameters(), lr);
    // net = DistributedDataParallel(net)
    let parallel = options.ranks.parallel(&*comm);
    let mut net = DataParallel::new(net, comm, parallel)?;
    let mut run = TextRun::new().shown(first);
    for _ in 0..options.text.run.steps {
        // The same places on all ranks.
        let last = (corpus.train.numel() - length) as i64;
        let places = tensor::randint(0, last, [batch_size]).to_vec::<i64>();
        optimizer.zero_grad();
        let loss = net.backward(batch_size, |net, samples| {
            loss_of(net, &corpus.train, &places[samples.range()], length)
        })?;
        optimizer.step();
        run.step(loss);
    }
    Ok((net.into_module(), run))
}

/// How well the net tells the next character, in pieces of the text at these places.
fn loss_of(net: &Gpt, text: &Tensor, places: &[i64], length: usize) -> Variable {
    let pieces = |at: i64| {
        let piece = |place: &i64| text.narrow(0, (place + at) as isize, length);
        tensor::stack(&places.iter().map(piece).collect::<Vec<_>>(), 0)
    };
    let scores = net.forward(pieces(0));
    let vocab = scores.size(2) as isize;
    CrossEntropyLoss::new().forward(&scores.reshape([-1, vocab]), &Variable::new(pieces(1).reshape(-1)))
}
