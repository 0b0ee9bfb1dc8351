use std::f64::consts::PI;

use super::clock::unchanged;
use super::{Clock, Schedule};
use crate::{AnyGroup, Fields, Optimizer};

/// Half a cosine from `lr` down to `eta_min` over `t_max` epochs, and up again:
/// `η_min + (lr − η_min)·(1 + cos(π·epoch/T_max))/2`, `torch.optim.lr_scheduler.CosineAnnealingLR`
/// (Loshchilov & Hutter, *SGDR*, 2016, without its restarts).
#[derive(Clone, Debug)]
pub struct CosineAnnealingLR {
    clock: Clock,
    t_max: i64,
    eta_min: f64,
}

impl CosineAnnealingLR {
    /// From the rate to `eta_min` (torch's default is 0) in `t_max` epochs.
    ///
    /// # Panics
    /// If `t_max` is 0.
    #[track_caller]
    pub fn new(optimizer: &mut dyn Optimizer, t_max: usize, eta_min: f64) -> CosineAnnealingLR {
        assert!(t_max > 0, "CosineAnnealingLR: t_max must be at least 1");
        CosineAnnealingLR { clock: Clock::new(optimizer), t_max: t_max as i64, eta_min }.begin(optimizer)
    }
}

impl Schedule for CosineAnnealingLR {
    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    fn get_lr(&self, groups: &mut [&mut dyn AnyGroup]) -> Vec<f64> {
        let (epoch, t_max, eta_min) = (self.clock.last_epoch, self.t_max as f64, self.eta_min);
        if self.clock.is_initial {
            return unchanged(groups);
        }
        let bases = self.clock.base_lrs.iter();
        if self.clock.step_count == 1 && epoch > 0 {
            let cos = (epoch as f64 * PI / t_max).cos();
            return bases.map(|base| eta_min + (base - eta_min) * (1.0 + cos) / 2.0).collect();
        }
        if (epoch - 1 - self.t_max) % (2 * self.t_max) == 0 {
            // The rate stands at its minimum, from which no factor leads up.
            let cos = (PI / t_max).cos();
            let lrs =
                bases.zip(groups).map(|(base, group)| group.lr() + (base - eta_min) * (1.0 - cos) / 2.0);
            return lrs.collect();
        }
        let ratio =
            (1.0 + (PI * epoch as f64 / t_max).cos()) / (1.0 + (PI * (epoch - 1) as f64 / t_max).cos());
        groups.iter().map(|group| ratio * (group.lr() - eta_min) + eta_min).collect()
    }

    fn closed_form(&self) -> Option<Vec<f64>> {
        let cos = (PI * self.clock.last_epoch as f64 / self.t_max as f64).cos();
        let lr = |base| self.eta_min + (base - self.eta_min) * (1.0 + cos) / 2.0;
        Some(self.clock.base_lrs.iter().map(lr).collect())
    }

    fn fields(&mut self, f: &mut Fields<'_>) {
        f.length("T_max", &mut self.t_max);
        f.value("eta_min", &mut self.eta_min);
    }
}
