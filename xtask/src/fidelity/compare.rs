//! How far apart two runs are.

use super::runs::Losses;

/// The same run here, in torch on one thread, and in torch on two.
pub(super) struct Comparison {
    /// What was trained, as cells of a table.
    pub(super) label: String,
    pub(super) ours: Losses,
    pub(super) one: Losses,
    pub(super) two: Losses,
}

impl Comparison {
    /// Ours against torch's first steps.
    pub(super) fn steps(&self) -> Spread {
        Spread::new(&self.ours.steps, &self.one.steps)
    }

    /// Torch's first steps on two threads against those on one.
    pub(super) fn torch_steps(&self) -> Spread {
        Spread::new(&self.two.steps, &self.one.steps)
    }

    /// The relative difference of an epoch's mean loss: ours from torch's, and torch's
    /// on two threads from that on one.
    pub(super) fn epoch(&self, epoch: usize) -> (f64, f64) {
        let torch = self.one.epochs[epoch];
        (relative(self.ours.epochs[epoch], torch), relative(self.two.epochs[epoch], torch))
    }
}

/// Relative differences of many losses.
pub(super) struct Spread {
    /// In increasing order.
    sorted: Vec<f64>,
    /// The first step, from 1, that differs by more than 1e-4.
    pub(super) first_apart: Option<usize>,
}

impl Spread {
    fn new(x: &[f64], y: &[f64]) -> Spread {
        let differences: Vec<f64> = x.iter().zip(y).map(|(&x, &y)| relative(x, y)).collect();
        let first_apart = differences.iter().position(|&d| d > 1e-4).map(|i| i + 1);
        let mut sorted = differences;
        sorted.sort_by(f64::total_cmp);
        Spread { sorted, first_apart }
    }

    pub(super) fn max(&self) -> f64 {
        self.sorted[self.sorted.len() - 1]
    }

    /// How many do not differ.
    pub(super) fn equal(&self) -> usize {
        self.sorted.partition_point(|&d| d == 0.0)
    }

    /// The share that differs by no more than 1e-6.
    pub(super) fn close(&self) -> f64 {
        self.sorted.partition_point(|&d| d <= 1e-6) as f64 / self.sorted.len() as f64
    }
}

fn relative(x: f64, y: f64) -> f64 {
    ((x - y) / y).abs()
}
