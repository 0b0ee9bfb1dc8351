use super::clock::{scaled, unchanged};
use super::{Clock, Schedule};
use crate::{AnyGroup, Fields, Optimizer};

/// `lr·factor` for the first `total_iters` epochs, `lr` after: `torch.optim.lr_scheduler.ConstantLR`.
#[derive(Clone, Debug)]
pub struct ConstantLR {
    clock: Clock,
    factor: f64,
    total_iters: i64,
}

impl ConstantLR {
    /// The rate times `factor` for `total_iters` epochs; torch's defaults are ⅓ and 5.
    ///
    /// # Panics
    /// If `factor` is not between 0 and 1.
    #[track_caller]
    pub fn new(optimizer: &mut dyn Optimizer, factor: f64, total_iters: usize) -> ConstantLR {
        assert!(
            (0.0..=1.0).contains(&factor),
            "Constant multiplicative factor expected to be between 0 and 1."
        );
        ConstantLR { clock: Clock::new(optimizer), factor, total_iters: total_iters as i64 }.begin(optimizer)
    }
}

impl Schedule for ConstantLR {
    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    fn get_lr(&self, groups: &mut [&mut dyn AnyGroup]) -> Vec<f64> {
        match self.clock.last_epoch {
            0 => scaled(groups, self.factor),
            epoch if epoch == self.total_iters => scaled(groups, 1.0 / self.factor),
            _ => unchanged(groups),
        }
    }

    fn closed_form(&self) -> Option<Vec<f64>> {
        let over = if self.clock.last_epoch >= self.total_iters { 1.0 } else { 0.0 };
        let factor = self.factor + over * (1.0 - self.factor);
        Some(self.clock.base_lrs.iter().map(|lr| lr * factor).collect())
    }

    fn fields(&mut self, f: &mut Fields<'_>) {
        f.value("factor", &mut self.factor);
        f.int("total_iters", &mut self.total_iters);
    }
}
