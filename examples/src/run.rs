//! The note's loop over epochs: train on every batch, then look at the test set.

use std::time::Instant;

use autograd::{Variable, no_grad};
use datasets::{DataLoader, Dataset};
use nn::{CrossEntropyLoss, Layer};
use serde::Serialize;
use tensor::Tensor;

use crate::Data;
use crate::progress::Progress;

/// Samples in a batch of the test set: `DataLoader(test_set, batch_size=128, shuffle=False)`.
const TEST_BATCH_SIZE: usize = 128;

/// The loss of every so many batches goes into the curve of a [`Run`], as in the note.
const CURVE_EVERY: usize = 30;

/// What an epoch came to: losses and accuracies are means over the batches, times are in seconds.
#[derive(Clone, Copy, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Epoch {
    pub train_loss: f64,
    pub train_acc: f64,
    pub eval_loss: f64,
    pub eval_acc: f64,
    pub train_seconds: f64,
    pub eval_seconds: f64,
}

/// The training of one net by one optimizer.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    /// The optimizer's name, as on the command line.
    pub optimizer: String,
    /// One entry for each epoch.
    pub epochs: Vec<Epoch>,
    /// Training loss against epochs gone by, every 30 batches.
    #[serde(skip)]
    pub curve: Vec<(f64, f64)>,
}

/// Trains `net` for some epochs and prints a line after each. `step` changes the parameters by their
/// gradients: `|| optim.step()`, or a rule of your own.
///
/// Every epoch iterates the training data once, shuffled, and then the test data, so the random draws are
/// those of the same program in PyTorch.
pub fn fit(
    name: impl ToString,
    net: &dyn Layer,
    mut step: impl FnMut(),
    data: &Data,
    epochs: usize,
    batch_size: usize,
) -> Run {
    let criterion = CrossEntropyLoss::new();
    let train_data = DataLoader::new(&data.train).batch_size(batch_size).shuffle(true);
    let mut run = Run { optimizer: name.to_string(), epochs: Vec::new(), curve: Vec::new() };
    for e in 0..epochs {
        let start = Instant::now();
        let progress = Progress::new(e + 1, epochs, train_data.len());
        let (mut train_loss, mut train_acc) = (0.0, 0.0);
        net.train();
        for (i, (images, label)) in train_data.iter().enumerate() {
            // Forward.
            let out = net.forward(&Variable::new(images));
            let loss = criterion.forward(&out, &label);
            // Backward.
            net.zero_grad();
            loss.backward();
            step();
            // Loss and accuracy of the batch.
            train_loss += loss.item();
            train_acc += accuracy(&out, &label);
            let shown = (i % CURVE_EVERY == 0).then(|| loss.item());
            let time = e as f64 + i as f64 / train_data.len() as f64;
            run.curve.extend(shown.map(|loss| (time, loss)));
            progress.batch(shown);
        }
        progress.finish();
        let train_seconds = start.elapsed().as_secs_f64();

        let start = Instant::now();
        let (eval_loss, eval_acc) = evaluate(net, &data.test);
        let eval_seconds = start.elapsed().as_secs_f64();

        let batches = train_data.len() as f64;
        let (train_loss, train_acc) = (train_loss / batches, train_acc / batches);
        println!(
            "epoch: {}, Train Loss: {train_loss:.6}, Train Acc: {train_acc:.6}, \
             Eval Loss: {eval_loss:.6}, Eval Acc: {eval_acc:.6}",
            e + 1
        );
        run.epochs.push(Epoch { train_loss, train_acc, eval_loss, eval_acc, train_seconds, eval_seconds });
    }
    run
}

/// Loss and accuracy on a test set, in evaluation mode and without a graph.
pub fn evaluate<D: Dataset<Sample = (Tensor, i64)>>(net: &dyn Layer, test_set: &D) -> (f64, f64) {
    let criterion = CrossEntropyLoss::new();
    let test_data = DataLoader::new(test_set).batch_size(TEST_BATCH_SIZE);
    let (mut eval_loss, mut eval_acc) = (0.0, 0.0);
    net.eval();
    no_grad(|| {
        for (images, label) in &test_data {
            let out = net.forward(&Variable::new(images));
            eval_loss += criterion.forward(&out, &label).item();
            eval_acc += accuracy(&out, &label);
        }
    });
    let batches = test_data.len() as f64;
    (eval_loss / batches, eval_acc / batches)
}

/// The share of the batch whose highest score is that of its label: `(out.max(1)[1]
/// == label).sum() / len(label)`.
fn accuracy(out: &Variable, label: &Tensor) -> f64 {
    let (_, pred) = out.data().max_dim(1, false);
    pred.eq(label).sum().item() / label.numel() as f64
}
