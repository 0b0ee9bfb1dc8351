use super::clock::unchanged;
use super::lambda::{Factor, for_each_group, lambda_fields, one_per_group};
use super::{Clock, Schedule};
use crate::{AnyGroup, Fields, Optimizer};

/// The current rate times a function of the epoch: `torch.optim.lr_scheduler.MultiplicativeLR`.
#[derive(Clone)]
pub struct MultiplicativeLR {
    clock: Clock,
    lambdas: Vec<Factor>,
}

impl MultiplicativeLR {
    /// One function for all groups.
    #[track_caller]
    pub fn new(optimizer: &mut dyn Optimizer, lambda: impl Fn(usize) -> f64 + Send + Sync + 'static) -> Self {
        let lambdas = for_each_group(optimizer, lambda);
        MultiplicativeLR::build(optimizer, lambdas)
    }

    /// A function for each group.
    ///
    /// # Panics
    /// If there are not as many functions as groups.
    #[track_caller]
    pub fn each(
        optimizer: &mut dyn Optimizer,
        lambdas: Vec<Box<dyn Fn(usize) -> f64 + Send + Sync>>,
    ) -> Self {
        let lambdas = one_per_group(optimizer, lambdas);
        MultiplicativeLR::build(optimizer, lambdas)
    }

    #[track_caller]
    fn build(optimizer: &mut dyn Optimizer, lambdas: Vec<Factor>) -> Self {
        MultiplicativeLR { clock: Clock::new(optimizer), lambdas }.begin(optimizer)
    }
}

impl Schedule for MultiplicativeLR {
    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    fn get_lr(&self, groups: &mut [&mut dyn AnyGroup]) -> Vec<f64> {
        if self.clock.is_initial {
            return unchanged(groups);
        }
        let epoch = self.clock.last_epoch as usize;
        groups.iter().zip(&self.lambdas).map(|(group, lambda)| group.lr() * lambda(epoch)).collect()
    }

    fn fields(&mut self, _f: &mut Fields<'_>) {}

    fn fields_after(&mut self, f: &mut Fields<'_>) {
        lambda_fields(&self.lambdas, f);
    }
}
