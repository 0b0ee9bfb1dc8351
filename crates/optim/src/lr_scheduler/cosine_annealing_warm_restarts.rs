use std::f64::consts::PI;

use super::{Clock, Schedule};
use crate::{AnyGroup, Fields, Optimizer};

/// Half a cosine from `lr` down to `eta_min` over `t_0` epochs, then anew from the top, each time
/// over `t_mult` times as many: `torch.optim.lr_scheduler.CosineAnnealingWarmRestarts`
/// (Loshchilov & Hutter, *SGDR*, 2016).
#[derive(Clone, Debug)]
pub struct CosineAnnealingWarmRestarts {
    clock: Clock,
    t_0: i64,
    /// Length of the current run.
    t_i: i64,
    t_mult: i64,
    eta_min: f64,
    /// Epochs since the last restart.
    t_cur: i64,
}

impl CosineAnnealingWarmRestarts {
    /// A first run of `t_0` epochs; torch's defaults for the others are 1 and 0.
    ///
    /// # Panics
    /// If `t_0` or `t_mult` is 0.
    #[track_caller]
    pub fn new(optimizer: &mut dyn Optimizer, t_0: usize, t_mult: usize, eta_min: f64) -> Self {
        assert!(t_0 > 0, "Expected positive integer T_0, but got {t_0}");
        assert!(t_mult > 0, "Expected integer T_mult >= 1, but got {t_mult}");
        let (t_0, t_mult) = (t_0 as i64, t_mult as i64);
        CosineAnnealingWarmRestarts {
            clock: Clock::new(optimizer),
            t_0,
            t_i: t_0,
            t_mult,
            eta_min,
            t_cur: -1,
        }
        .begin(optimizer)
    }
}

impl Schedule for CosineAnnealingWarmRestarts {
    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    /// torch counts no steps here, only epochs.
    fn advance(&mut self) {
        if self.clock.last_epoch < 0 {
            (self.t_i, self.t_cur) = (self.t_0, 0);
        } else {
            self.t_cur += 1;
            if self.t_cur >= self.t_i {
                self.t_cur %= self.t_i;
                self.t_i *= self.t_mult;
            }
        }
        self.clock.last_epoch = (self.clock.last_epoch + 1).max(0);
    }

    fn get_lr(&self, _groups: &mut [&mut dyn AnyGroup]) -> Vec<f64> {
        let cos = (PI * self.t_cur as f64 / self.t_i as f64).cos();
        let lr = |base| self.eta_min + (base - self.eta_min) * (1.0 + cos) / 2.0;
        self.clock.base_lrs.iter().map(lr).collect()
    }

    fn fields(&mut self, f: &mut Fields<'_>) {
        f.length("T_0", &mut self.t_0);
        f.length("T_i", &mut self.t_i);
        f.length("T_mult", &mut self.t_mult);
        f.value("eta_min", &mut self.eta_min);
        f.int("T_cur", &mut self.t_cur);
    }
}
