use super::clock::{scaled, unchanged};
use super::{Clock, Schedule};
use crate::{AnyGroup, Fields, Optimizer};

/// `lr ← lr·γ` every `step_size` epochs: `torch.optim.lr_scheduler.StepLR`.
///
/// ```
/// use optim::lr_scheduler::{LRScheduler, StepLR};
/// use optim::SGD;
///
/// let mut optim = SGD::new([nn::Parameter::new(tensor::zeros([2]))], 0.5);
/// let mut scheduler = StepLR::new(&mut optim, 30);
/// (0..30).for_each(|_| scheduler.step(&mut optim));
/// assert_eq!(scheduler.get_last_lr(), [0.05]);
/// ```
#[derive(Clone, Debug)]
pub struct StepLR {
    clock: Clock,
    step_size: i64,
    gamma: f64,
}

impl StepLR {
    /// A tenth of the rate every `step_size` epochs.
    ///
    /// # Panics
    /// If `step_size` is 0.
    #[track_caller]
    pub fn new(optimizer: &mut dyn Optimizer, step_size: usize) -> StepLR {
        StepLR::with_gamma(optimizer, step_size, 0.1)
    }

    /// The rate times `gamma` every `step_size` epochs.
    ///
    /// # Panics
    /// If `step_size` is 0.
    #[track_caller]
    pub fn with_gamma(optimizer: &mut dyn Optimizer, step_size: usize, gamma: f64) -> StepLR {
        assert!(step_size > 0, "StepLR: step_size must be at least 1");
        StepLR { clock: Clock::new(optimizer), step_size: step_size as i64, gamma }.begin(optimizer)
    }
}

impl Schedule for StepLR {
    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    fn get_lr(&self, groups: &mut [&mut dyn AnyGroup]) -> Vec<f64> {
        let epoch = self.clock.last_epoch;
        if epoch == 0 || epoch % self.step_size != 0 { unchanged(groups) } else { scaled(groups, self.gamma) }
    }

    fn closed_form(&self) -> Option<Vec<f64>> {
        let factor = self.gamma.powf((self.clock.last_epoch / self.step_size) as f64);
        Some(self.clock.base_lrs.iter().map(|lr| lr * factor).collect())
    }

    fn fields(&mut self, f: &mut Fields<'_>) {
        f.length("step_size", &mut self.step_size);
        f.value("gamma", &mut self.gamma);
    }
}
