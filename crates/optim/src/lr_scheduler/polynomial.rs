use super::clock::{scaled, unchanged};
use super::{Clock, Schedule};
use crate::{AnyGroup, Fields, Optimizer};

/// `lr·(1 − epoch/total_iters)^power`, 0 from epoch `total_iters` on:
/// `torch.optim.lr_scheduler.PolynomialLR`.
#[derive(Clone, Debug)]
pub struct PolynomialLR {
    clock: Clock,
    total_iters: i64,
    power: f64,
}

impl PolynomialLR {
    /// Down to 0 over `total_iters` epochs; torch's defaults are 5 and 1.
    ///
    /// # Panics
    /// If `total_iters` is 0.
    #[track_caller]
    pub fn new(optimizer: &mut dyn Optimizer, total_iters: usize, power: f64) -> PolynomialLR {
        assert!(total_iters > 0, "PolynomialLR: total_iters must be at least 1");
        PolynomialLR { clock: Clock::new(optimizer), total_iters: total_iters as i64, power }.begin(optimizer)
    }
}

impl Schedule for PolynomialLR {
    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    fn get_lr(&self, groups: &mut [&mut dyn AnyGroup]) -> Vec<f64> {
        let (epoch, total) = (self.clock.last_epoch, self.total_iters as f64);
        if self.clock.is_initial || epoch > self.total_iters {
            return unchanged(groups);
        }
        let ratio = (1.0 - epoch as f64 / total) / (1.0 - (epoch - 1) as f64 / total);
        scaled(groups, ratio.powf(self.power))
    }

    fn closed_form(&self) -> Option<Vec<f64>> {
        let epoch = self.clock.last_epoch.min(self.total_iters) as f64;
        let factor = (1.0 - epoch / self.total_iters as f64).powf(self.power);
        Some(self.clock.base_lrs.iter().map(|lr| lr * factor).collect())
    }

    fn fields(&mut self, f: &mut Fields<'_>) {
        f.int("total_iters", &mut self.total_iters);
        f.value("power", &mut self.power);
    }
}
