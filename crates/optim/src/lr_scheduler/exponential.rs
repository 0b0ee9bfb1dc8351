use super::clock::{scaled, unchanged};
use super::{Clock, Schedule};
use crate::{AnyGroup, Fields, Optimizer};

/// `lr ← lr·γ` every epoch: `torch.optim.lr_scheduler.ExponentialLR`.
#[derive(Clone, Debug)]
pub struct ExponentialLR {
    clock: Clock,
    gamma: f64,
}

impl ExponentialLR {
    /// The rate times `gamma` every epoch.
    #[track_caller]
    pub fn new(optimizer: &mut dyn Optimizer, gamma: f64) -> ExponentialLR {
        ExponentialLR { clock: Clock::new(optimizer), gamma }.begin(optimizer)
    }
}

impl Schedule for ExponentialLR {
    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    fn get_lr(&self, groups: &mut [&mut dyn AnyGroup]) -> Vec<f64> {
        if self.clock.is_initial { unchanged(groups) } else { scaled(groups, self.gamma) }
    }

    fn closed_form(&self) -> Option<Vec<f64>> {
        let factor = self.gamma.powf(self.clock.last_epoch as f64);
        Some(self.clock.base_lrs.iter().map(|lr| lr * factor).collect())
    }

    fn fields(&mut self, f: &mut Fields<'_>) {
        f.value("gamma", &mut self.gamma);
    }
}
