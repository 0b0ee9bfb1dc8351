//! The runs, and our side of them; `runs.py` is the other.

use std::fmt;

use autograd::Variable;
use datasets::{DataLoader, Mnist};
use examples::{OptimizerKind, mlp};
use nn::{CrossEntropyLoss, Forward, Module};
use serde_json::{Value, json};

use crate::Result;

/// The sizes of the tutorial's nets.
pub(super) const NETS: [&[usize]; 2] = [&[784, 200, 10], &[784, 400, 200, 100, 10]];

/// Losses that are compared one by one.
const STEPS: usize = 300;

/// One net trained by one optimizer, batches of 64, seed 0.
pub(super) struct Run {
    sizes: &'static [usize],
    pub(super) optimizer: OptimizerKind,
    pub(super) lr: f64,
}

impl Run {
    /// The six optimizers with the tutorial's learning rates, which has a second one for SGD on the larger
    /// net.
    pub(super) fn all(sizes: &'static [usize]) -> Vec<Run> {
        let mut runs: Vec<Run> =
            OptimizerKind::ALL.map(|optimizer| Run { sizes, optimizer, lr: optimizer.lr() }).into();
        if sizes.len() > 3 {
            runs.insert(1, Run { sizes, optimizer: OptimizerKind::SGD, lr: 0.1 });
        }
        runs
    }

    pub(super) fn net(&self) -> String {
        self.sizes.iter().map(usize::to_string).collect::<Vec<_>>().join("-")
    }

    /// What `runs.py` is told.
    pub(super) fn command(&self, epochs: u32, threads: usize) -> String {
        format!("train {} {} {} {epochs} {threads}", self.net(), self.optimizer, self.lr)
    }

    /// Trains here.
    pub(super) fn losses(&self, digits: &Mnist, epochs: u32) -> Losses {
        tensor::manual_seed(0);
        let net = mlp(self.sizes);
        let criterion = CrossEntropyLoss::new();
        let mut optim = self.optimizer.build(net.parameters(), self.lr);
        let train_data = DataLoader::new(digits).batch_size(64).shuffle(true);
        let mut losses = Losses::default();
        for _ in 0..epochs {
            let mut sum = 0.0;
            for (x, y) in &train_data {
                let loss = criterion.forward(&net.forward(&x.into()), &Variable::new(y));
                optim.zero_grad();
                loss.backward();
                optim.step();
                sum += loss.item();
                if losses.steps.len() < STEPS {
                    losses.steps.push(loss.item());
                }
            }
            losses.epochs.push(sum / train_data.len() as f64);
        }
        losses
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.net(), self.optimizer, self.lr)
    }
}

/// What a run gave.
#[derive(Default)]
pub(super) struct Losses {
    /// Of each of the first steps.
    pub(super) steps: Vec<f64>,
    /// The mean of each epoch.
    pub(super) epochs: Vec<f64>,
}

impl Losses {
    /// Reads an answer of `runs.py`.
    pub(super) fn parse(answer: &str) -> Result<Losses> {
        let answer: Value = serde_json::from_str(answer)?;
        let list = |key: &str| -> Option<Vec<f64>> {
            answer.get(key)?.as_array()?.iter().map(Value::as_f64).collect()
        };
        match (list("steps"), list("epochs")) {
            (Some(steps), Some(epochs)) => Ok(Losses { steps, epochs }),
            _ => Err(format!("not a list of losses: {answer}").into()),
        }
    }

    pub(super) fn json(&self) -> Value {
        json!({ "steps": self.steps, "epochs": self.epochs })
    }
}
