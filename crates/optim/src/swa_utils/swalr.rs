use std::f64::consts::PI;

use nn::Options;

use crate::lr_scheduler::{Anneal, Clock, PerGroup, Schedule};
use crate::{AnyGroup, Fields, Optimizer};

/// From the rate that it finds to a constant one over some epochs: `torch.optim.swa_utils.SWALR`. It goes on
/// from the current rate whatever set that, so that it can take over from another schedule.
///
/// ```
/// use optim::{LRScheduler, Optimizer, SGD, SWALR, SWALROptions};
///
/// let mut optim = SGD::new([nn::Parameter::new(tensor::zeros([2]))], 0.5);
/// let options = SWALROptions { swa_lr: 0.1.into(), anneal_epochs: 2, ..Default::default() };
/// let mut scheduler = SWALR::with(&mut optim, options);
/// scheduler.step(&mut optim);
/// assert!((optim.lr() - 0.3).abs() < 1e-15);
/// (0..5).for_each(|_| scheduler.step(&mut optim));
/// assert_eq!(optim.lr(), 0.1);
/// ```
#[derive(Clone, Debug)]
pub struct SWALR {
    clock: Clock,
    anneal_epochs: i64,
    anneal_strategy: Anneal,
}

/// The options of [`SWALR`], with torch's defaults.
#[derive(Clone, Debug, PartialEq, Options)]
pub struct SWALROptions {
    /// The rate that it ends with; must be set.
    #[option(default = f64::NAN.into())]
    pub swa_lr: PerGroup,
    /// Epochs to get there: 10.
    #[option(default = 10)]
    pub anneal_epochs: usize,
    /// How the rate goes: [`Anneal::Cos`].
    pub anneal_strategy: Anneal,
}

impl SWALR {
    /// To the rate `swa_lr` along half a cosine of ten epochs.
    ///
    /// # Panics
    /// As [`SWALR::with`].
    #[track_caller]
    pub fn new(optimizer: &mut dyn Optimizer, swa_lr: impl Into<PerGroup>) -> SWALR {
        SWALR::with(optimizer, SWALROptions { swa_lr: swa_lr.into(), ..Default::default() })
    }

    /// With options.
    ///
    /// # Panics
    /// If `swa_lr` is not set, or is a list not as long as the groups are many.
    #[track_caller]
    pub fn with(optimizer: &mut dyn Optimizer, options: SWALROptions) -> SWALR {
        let swa_lrs = options.swa_lr.expand("swa_lr", optimizer);
        assert!(swa_lrs.iter().all(|lr| !lr.is_nan()), "SWALR: swa_lr must be set");
        for (group, &swa_lr) in optimizer.param_groups_mut().iter_mut().zip(&swa_lrs) {
            group.set("swa_lr", swa_lr.into());
        }
        let (anneal_epochs, anneal_strategy) = (options.anneal_epochs as i64, options.anneal_strategy);
        SWALR { clock: Clock::new(optimizer), anneal_epochs, anneal_strategy }.begin(optimizer)
    }

    /// The share of the way that has been gone after so many steps.
    fn alpha(&self, steps: i64) -> f64 {
        let t = (steps as f64 / self.anneal_epochs.max(1) as f64).clamp(0.0, 1.0);
        match self.anneal_strategy {
            Anneal::Cos => (1.0 - (PI * t).cos()) / 2.0,
            Anneal::Linear => t,
        }
    }
}

impl Schedule for SWALR {
    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    fn get_lr(&self, groups: &mut [&mut dyn AnyGroup]) -> Vec<f64> {
        let steps = (self.clock.step_count - 1).max(i64::from(self.anneal_epochs == 0));
        let [before, now] = [self.alpha(steps - 1), self.alpha(steps)];
        let lrs = groups.iter().map(|group| {
            let (lr, swa_lr) = (group.lr(), group.float("swa_lr"));
            let start = if before == 1.0 { swa_lr } else { (lr - before * swa_lr) / (1.0 - before) };
            swa_lr * now + start * (1.0 - now)
        });
        lrs.collect()
    }

    fn fields(&mut self, f: &mut Fields<'_>) {
        f.value("_anneal_strategy", &mut self.anneal_strategy);
        f.int("anneal_epochs", &mut self.anneal_epochs);
    }
}
