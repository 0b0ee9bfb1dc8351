use std::collections::BTreeMap;

use nn::Value;

use super::clock::{scaled, unchanged};
use super::{Clock, Schedule};
use crate::{AnyGroup, Fields, Optimizer};

/// `lr ← lr·γ` at each of the given epochs: `torch.optim.lr_scheduler.MultiStepLR`. An
/// epoch named twice counts twice.
///
/// ```
/// use optim::lr_scheduler::{LRScheduler, MultiStepLR};
/// use optim::SGD;
///
/// let mut optim = SGD::new([nn::Parameter::new(tensor::zeros([2]))], 0.5);
/// let mut scheduler = MultiStepLR::new(&mut optim, [30, 80], 0.5);
/// (0..80).for_each(|_| scheduler.step(&mut optim));
/// assert_eq!(scheduler.get_last_lr(), [0.125]);
/// ```
#[derive(Clone, Debug)]
pub struct MultiStepLR {
    clock: Clock,
    /// How often each epoch was named.
    milestones: BTreeMap<i64, i64>,
    gamma: f64,
}

impl MultiStepLR {
    /// The rate times `gamma` (torch's default is 0.1) at each milestone, in epochs.
    #[track_caller]
    pub fn new(
        optimizer: &mut dyn Optimizer,
        milestones: impl IntoIterator<Item = usize>,
        gamma: f64,
    ) -> MultiStepLR {
        let mut counts = BTreeMap::new();
        for milestone in milestones {
            *counts.entry(milestone as i64).or_insert(0) += 1;
        }
        MultiStepLR { clock: Clock::new(optimizer), milestones: counts, gamma }.begin(optimizer)
    }
}

impl Schedule for MultiStepLR {
    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    fn get_lr(&self, groups: &mut [&mut dyn AnyGroup]) -> Vec<f64> {
        match self.milestones.get(&self.clock.last_epoch) {
            Some(&times) => scaled(groups, self.gamma.powf(times as f64)),
            None => unchanged(groups),
        }
    }

    fn closed_form(&self) -> Option<Vec<f64>> {
        let times: i64 = self.milestones.range(..=self.clock.last_epoch).map(|(_, times)| times).sum();
        let factor = self.gamma.powf(times as f64);
        Some(self.clock.base_lrs.iter().map(|lr| lr * factor).collect())
    }

    fn fields(&mut self, f: &mut Fields<'_>) {
        let write = |milestones: &BTreeMap<i64, i64>| {
            Value::Dict(
                milestones.iter().map(|(&epoch, &times)| (Value::Int(epoch), Value::Int(times))).collect(),
            )
        };
        let read = |value: &Value| {
            value.as_dict()?.iter().map(|(epoch, times)| Some((epoch.as_int()?, times.as_int()?))).collect()
        };
        f.any("milestones", &mut self.milestones, "a dict of whole numbers", write, read);
        f.value("gamma", &mut self.gamma);
    }
}
