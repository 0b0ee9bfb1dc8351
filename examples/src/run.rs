use std::path::Path;
use std::time::Instant;

use autograd::{Variable, no_grad};
use datasets::{DataLoader, Dataset};
use nn::{CrossEntropyLoss, Layer};
use serde::Serialize;
use tensor::Tensor;

use crate::plot::plot;
use crate::progress::Progress;
use crate::{Data, Result};

/// Samples in a batch of the test set: `DataLoader(test_set, batch_size=128, shuffle=False)`.
const TEST_BATCH_SIZE: usize = 128;

/// The loss of every so many batches goes into the curve of a [`Run`].
const CURVE_EVERY: usize = 30;

/// The figures of an epoch: losses and accuracies are means over the batches, times are in seconds. What a
/// run does not have, such as an accuracy where nothing is classified, is NaN, and `null` in JSON.
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

/// The figures of a training, gathered batch by batch and epoch by epoch, and shown as they come.
#[derive(Debug, Serialize)]
pub struct Run {
    /// The optimizer's name, as on the command line.
    pub optimizer: String,
    /// One entry for each epoch.
    pub epochs: Vec<Epoch>,
    /// Training loss against epochs gone by, every 30 batches.
    #[serde(skip)]
    pub curve: Vec<(f64, f64)>,
    /// The epoch that is under way.
    #[serde(skip)]
    current: Current,
    /// Epochs there will be, and batches in each.
    #[serde(skip)]
    length: (usize, usize),
    /// Whether anything is shown.
    #[serde(skip)]
    shown: bool,
}

#[derive(Debug)]
struct Current {
    batches: usize,
    loss: f64,
    acc: f64,
    start: Instant,
    trained: Instant,
    progress: Progress,
}

impl Current {
    fn new(epoch: usize, (epochs, batches): (usize, usize), shown: bool) -> Current {
        let now = Instant::now();
        let progress = if shown { Progress::new(epoch + 1, epochs, batches) } else { Progress::hidden() };
        Current { batches: 0, loss: 0.0, acc: 0.0, start: now, trained: now, progress }
    }
}

impl Run {
    /// Of some epochs with so many batches each.
    pub fn new(optimizer: impl ToString, epochs: usize, batches: usize) -> Run {
        let length = (epochs, batches);
        let current = Current::new(0, length, true);
        let (epochs, curve) = (Vec::new(), Vec::new());
        Run { optimizer: optimizer.to_string(), epochs, curve, current, length, shown: true }
    }

    /// Shows nothing, unless `shown`: of several ranks one does.
    pub fn shown(self, shown: bool) -> Run {
        Run { current: Current::new(self.epochs.len(), self.length, shown), shown, ..self }
    }

    /// Trains `net` for an epoch, as `mnist_mlp` spells it out: `criterion` makes a loss of scores and
    /// labels, and `step` changes the parameters by their gradients.
    pub fn train<D: Dataset>(
        &mut self,
        net: &dyn Layer,
        train_data: &DataLoader<D, (Tensor, Tensor)>,
        criterion: impl Fn(&Variable, &Tensor) -> Variable,
        mut step: impl FnMut(),
    ) {
        net.train();
        for (images, label) in train_data {
            let out = net.forward(&Variable::new(images));
            let loss = criterion(&out, &label);
            net.zero_grad();
            loss.backward();
            step();
            self.batch(&loss, &out, &label);
        }
    }

    /// Counts a batch of training: its loss, and the accuracy of the scores.
    pub fn batch(&mut self, loss: &Variable, scores: &Variable, label: &Tensor) {
        self.count(loss.item(), accuracy(scores, label));
    }

    /// Counts a batch of training that has no accuracy.
    pub fn unscored_batch(&mut self, loss: f64) {
        self.count(loss, f64::NAN);
    }

    /// Counts a batch of training with this loss and accuracy.
    pub fn count(&mut self, loss: f64, accuracy: f64) {
        self.current.acc += accuracy;
        let now = &mut self.current;
        now.loss += loss;
        let shown = now.batches.is_multiple_of(CURVE_EVERY).then_some(loss);
        let time = self.epochs.len() as f64 + now.batches as f64 / self.length.1 as f64;
        self.curve.extend(shown.map(|loss| (time, loss)));
        now.batches += 1;
        now.progress.batch(shown);
        now.trained = Instant::now();
    }

    /// Ends an epoch with the loss and accuracy on the test set, and prints its line.
    pub fn epoch(&mut self, evaluated: (f64, f64)) {
        let epoch = self.end_epoch(evaluated);
        let figures = [
            ("Train Loss", epoch.train_loss),
            ("Train Acc", epoch.train_acc),
            ("Eval Loss", epoch.eval_loss),
            ("Eval Acc", epoch.eval_acc),
        ];
        let there = figures.iter().filter(|(_, figure)| !figure.is_nan());
        let line: String = there.map(|(name, figure)| format!(", {name}: {figure:.6}")).collect();
        if self.shown {
            println!("epoch: {}{line}", self.epochs.len());
        }
    }

    /// Draws training loss and test accuracy into `folder`: `PROGRAM_train_loss.svg` and
    /// `PROGRAM_eval_acc.svg`.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn draw(&self, folder: &Path, program: &str) -> Result {
        let picture = |name: &str| folder.join(format!("{program}_{name}.svg"));
        plot(&picture("train_loss"), "train loss", self.epochs.iter().map(|e| e.train_loss))?;
        plot(&picture("eval_acc"), "eval acc", self.epochs.iter().map(|e| e.eval_acc))
    }

    /// [`Self::epoch`] without a line.
    pub fn end_epoch(&mut self, (eval_loss, eval_acc): (f64, f64)) -> Epoch {
        let next = Current::new(self.epochs.len() + 1, self.length, self.shown);
        let done = std::mem::replace(&mut self.current, next);
        done.progress.finish();
        let (train_seconds, eval_seconds) =
            ((done.trained - done.start).as_secs_f64(), done.trained.elapsed().as_secs_f64());
        let batches = done.batches as f64;
        let (train_loss, train_acc) = (done.loss / batches, done.acc / batches);
        let epoch = Epoch { train_loss, train_acc, eval_loss, eval_acc, train_seconds, eval_seconds };
        self.epochs.push(epoch);
        epoch
    }
}

/// Trains `net` for some epochs, for programs that are about something else than the loop; `step` changes the
/// parameters by their gradients. `mnist_mlp` shows the loop where it is used.
pub fn train(
    name: impl ToString,
    net: &dyn Layer,
    mut step: impl FnMut(),
    data: &Data,
    epochs: usize,
    batch_size: usize,
) -> Run {
    let criterion = CrossEntropyLoss::new();
    let train_data = DataLoader::new(&data.train).batch_size(batch_size).shuffle(true);
    let mut run = Run::new(name, epochs, train_data.len());
    for _ in 0..epochs {
        run.train(net, &train_data, |out, label| criterion.forward(out, label), &mut step);
        run.epoch(evaluate(net, &data.test));
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

/// The share of the batch whose highest score is that of its label:
/// `(out.max(1)[1] == label).sum() / len(label)`.
fn accuracy(out: &Variable, label: &Tensor) -> f64 {
    right(out, label) / label.numel() as f64
}

/// How many samples have their highest score at their label.
pub(crate) fn right(out: &Variable, label: &Tensor) -> f64 {
    let (_, pred) = out.data().max_dim(1, false);
    pred.eq(label).sum().item()
}
