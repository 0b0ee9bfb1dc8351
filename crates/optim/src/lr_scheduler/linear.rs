use nn::Options;

use super::clock::{scaled, unchanged};
use super::{Clock, Schedule};
use crate::{AnyGroup, Fields, Optimizer};

/// From `lr·start_factor` to `lr·end_factor` in equal steps over `total_iters` epochs:
/// `torch.optim.lr_scheduler.LinearLR`.
#[derive(Clone, Debug)]
pub struct LinearLR {
    clock: Clock,
    options: LinearLROptions,
}

/// The options of [`LinearLR`], with torch's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct LinearLROptions {
    /// The factor of the rate in the first epoch, above 0 and at most 1: ⅓.
    #[option(default = 1.0 / 3.0, check(
        start_factor > 0.0 && start_factor <= 1.0,
        "Starting multiplicative factor expected to be greater than 0 and less or equal to 1."
    ))]
    pub start_factor: f64,
    /// The factor in the end, between 0 and 1: 1.
    #[option(default = 1.0, check(
        (0.0..=1.0).contains(&end_factor),
        "Ending multiplicative factor expected to be between 0 and 1."
    ))]
    pub end_factor: f64,
    /// Epochs to get there: 5.
    #[option(default = 5)]
    pub total_iters: usize,
}

impl LinearLR {
    /// From a third of the rate to the whole in five epochs.
    #[track_caller]
    pub fn new(optimizer: &mut dyn Optimizer) -> LinearLR {
        LinearLR::with(optimizer, LinearLROptions::default())
    }

    /// A straight line with options.
    ///
    /// # Panics
    /// If a factor is out of its range.
    #[track_caller]
    pub fn with(optimizer: &mut dyn Optimizer, options: LinearLROptions) -> LinearLR {
        options.assert_valid("LinearLR");
        LinearLR { clock: Clock::new(optimizer), options }.begin(optimizer)
    }
}

impl Schedule for LinearLR {
    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    fn get_lr(&self, groups: &mut [&mut dyn AnyGroup]) -> Vec<f64> {
        let LinearLROptions { start_factor, end_factor, total_iters } = self.options;
        let epoch = self.clock.last_epoch;
        if epoch == 0 {
            return scaled(groups, start_factor);
        }
        if self.clock.is_initial || epoch > total_iters as i64 {
            return unchanged(groups);
        }
        let rise = end_factor - start_factor;
        let before = total_iters as f64 * start_factor + (epoch - 1) as f64 * rise;
        scaled(groups, 1.0 + rise / before)
    }

    fn closed_form(&self) -> Option<Vec<f64>> {
        let LinearLROptions { start_factor, end_factor, total_iters } = self.options;
        let total = total_iters as f64;
        let factor =
            start_factor + (end_factor - start_factor) * total.min(self.clock.last_epoch as f64) / total;
        Some(self.clock.base_lrs.iter().map(|lr| lr * factor).collect())
    }

    fn fields(&mut self, f: &mut Fields<'_>) {
        let mut total_iters = self.options.total_iters as i64;
        f.value("start_factor", &mut self.options.start_factor);
        f.value("end_factor", &mut self.options.end_factor);
        f.int("total_iters", &mut total_iters);
        self.options.total_iters = total_iters as usize;
    }
}
