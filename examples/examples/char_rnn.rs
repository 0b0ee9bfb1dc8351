//! 15. A recurrent net learns a text letter by letter, and writes some.

use autograd::{Variable, no_grad};
use clap::Parser;
use datasets::text::bptt_batches;
use examples::{CharRnn, Result, TextOptions, TextRun, at_least_one};
use nn::{CrossEntropyLoss, LSTMState, Module};
use optim::{Adam, Optimizer, clip_grad_norm_};

/// Trains a character model, an LSTM, on Shakespeare's As You Like It or a file of yours, such as a list of
/// names, and lets it write. The text is cut into pieces, each of which begins with the state that the one
/// before it ended with.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    text: TextOptions<800, 32, 64>,

    /// Numbers for each character, and for each layer's state
    #[arg(long, value_name = "N", default_value_t = 128, value_parser = at_least_one)]
    hidden: usize,

    /// Layers of the LSTM
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_least_one)]
    layers: usize,
}

fn main() -> Result {
    let options = Options::parse();
    let TextOptions { batch_size, length, lr, sample, .. } = options.text;
    let (corpus, prompt) = options.text.prepare()?;

    let net = CharRnn::new(corpus.vocab.len(), options.hidden, options.layers);
    println!("{net}");
    let mut optimizer = Adam::new(net.parameters(), lr);
    let criterion = CrossEntropyLoss::new();
    let mut run = TextRun::new();
    let steps = options.text.run.steps;
    while run.steps() < steps {
        let mut state: Option<LSTMState> = None;
        for (x, y) in bptt_batches(&corpus.train, batch_size, length).take(steps - run.steps()) {
            // The state goes on, its history does not.
            let before = state.map(|LSTMState { h, c }| LSTMState { h: h.detach(), c: c.detach() });
            let (scores, after) = net.forward(x, before.as_ref());
            let loss = criterion.forward(&scores.reshape([-1, corpus.vocab.len() as isize]), &y);
            optimizer.zero_grad();
            loss.backward();
            clip_grad_norm_(&net.parameters(), 1.0);
            optimizer.step();
            run.step(loss.item());
            state = Some(after);
        }
    }

    net.eval();
    let held_back = no_grad(|| {
        let (len, vocab) = (corpus.test.numel(), corpus.vocab.len() as isize);
        let [x, y] = [0, 1].map(|at| corpus.test.narrow(0, at, len - 1));
        let scores = net.forward(x.unsqueeze(1), None).0;
        criterion.forward(&scores.reshape([-1, vocab]), &Variable::new(y)).item()
    });
    let text = net.generate(&prompt, sample, options.text.sampling());
    println!("{}\n", corpus.vocab.decode(&text.into())?);
    run.finish("char_rnn", &options.text.run, &corpus, held_back)
}
