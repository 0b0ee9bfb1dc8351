use nn::Value;

use crate::{AnyGroup, Fields, Optimizer};

/// The counters and rates that every [`Schedule`](super::Schedule) has.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The learning rates the groups started from.
    pub base_lrs: Vec<f64>,
    /// Epochs taken; 0 once the schedule is made, before that −1.
    pub last_epoch: i64,
    /// Steps taken, the one at construction included.
    pub step_count: i64,
    /// Whether this is the step at construction.
    pub is_initial: bool,
    /// The rates that were set last.
    pub last_lr: Vec<f64>,
}

impl Clock {
    /// A clock before its first epoch. Notes the rate of each group as its
    /// `initial_lr`, unless it has one already.
    pub fn new(optimizer: &mut dyn Optimizer) -> Clock {
        let mut groups = optimizer.param_groups_mut();
        for group in &mut groups {
            if group.get("initial_lr").is_none() {
                group.set("initial_lr", group.lr().into());
            }
        }
        let base_lrs = groups.iter().map(|group| group.float("initial_lr")).collect();
        Clock { base_lrs, last_epoch: -1, step_count: 0, is_initial: false, last_lr: Vec::new() }
    }

    /// Gives the groups their new rates.
    #[track_caller]
    pub(super) fn set(&mut self, groups: &mut [&mut dyn AnyGroup], lrs: &[f64]) {
        let count = groups.len();
        assert_eq!(lrs.len(), count, "the schedule was made for {} parameter groups, not {count}", lrs.len());
        for (group, &lr) in groups.iter_mut().zip(lrs) {
            group.set_lr(lr);
        }
        self.last_lr = lrs.to_vec();
    }

    pub(super) fn fields(&mut self, f: &mut Fields<'_>) {
        f.floats("base_lrs", &mut self.base_lrs);
        f.int("last_epoch", &mut self.last_epoch);
        f.int("_step_count", &mut self.step_count);
        f.constant("_is_initial", Value::Bool(false));
        f.constant("_get_lr_called_within_step", Value::Bool(false));
        f.floats("_last_lr", &mut self.last_lr);
    }
}

/// The current rates, times a factor.
pub(super) fn scaled(groups: &[&mut dyn AnyGroup], factor: f64) -> Vec<f64> {
    groups.iter().map(|group| group.lr() * factor).collect()
}

/// The current rates.
pub(super) fn unchanged(groups: &[&mut dyn AnyGroup]) -> Vec<f64> {
    groups.iter().map(|group| group.lr()).collect()
}
