use std::sync::Arc;

use nn::Value;

use super::{Clock, Schedule};
use crate::{AnyGroup, Fields, Optimizer};

/// A function of the epoch, as a schedule keeps it.
pub(super) type Factor = Arc<dyn Fn(usize) -> f64 + Send + Sync>;

/// The starting rate times a function of the epoch: `torch.optim.lr_scheduler.LambdaLR`.
///
/// ```
/// use optim::lr_scheduler::{LRScheduler, LambdaLR};
/// use optim::SGD;
///
/// let mut optim = SGD::new([nn::Parameter::new(tensor::zeros([2]))], 0.5);
/// let mut scheduler = LambdaLR::new(&mut optim, |epoch| 1.0 / (1 + epoch) as f64);
/// scheduler.step(&mut optim);
/// assert_eq!(scheduler.get_last_lr(), [0.25]);
/// ```
#[derive(Clone)]
pub struct LambdaLR {
    clock: Clock,
    lambdas: Vec<Factor>,
}

impl LambdaLR {
    /// One function for all groups.
    #[track_caller]
    pub fn new(
        optimizer: &mut dyn Optimizer,
        lambda: impl Fn(usize) -> f64 + Send + Sync + 'static,
    ) -> LambdaLR {
        let lambdas = for_each_group(optimizer, lambda);
        LambdaLR::build(optimizer, lambdas)
    }

    /// A function for each group.
    ///
    /// # Panics
    /// If there are not as many functions as groups.
    #[track_caller]
    pub fn each(
        optimizer: &mut dyn Optimizer,
        lambdas: Vec<Box<dyn Fn(usize) -> f64 + Send + Sync>>,
    ) -> LambdaLR {
        let lambdas = one_per_group(optimizer, lambdas);
        LambdaLR::build(optimizer, lambdas)
    }

    #[track_caller]
    fn build(optimizer: &mut dyn Optimizer, lambdas: Vec<Factor>) -> LambdaLR {
        LambdaLR { clock: Clock::new(optimizer), lambdas }.begin(optimizer)
    }
}

pub(super) fn for_each_group(
    optimizer: &dyn Optimizer,
    lambda: impl Fn(usize) -> f64 + Send + Sync + 'static,
) -> Vec<Factor> {
    let lambda: Factor = Arc::new(lambda);
    optimizer.param_groups().iter().map(|_| lambda.clone()).collect()
}

#[track_caller]
pub(super) fn one_per_group(
    optimizer: &dyn Optimizer,
    lambdas: Vec<Box<dyn Fn(usize) -> f64 + Send + Sync>>,
) -> Vec<Factor> {
    let (expected, found) = (optimizer.param_groups().len(), lambdas.len());
    assert_eq!(expected, found, "Expected {expected} lr_lambdas, but got {found}");
    lambdas.into_iter().map(Arc::from).collect()
}

/// Functions cannot be saved; torch keeps a `None` for each.
pub(super) fn lambda_fields(lambdas: &[Factor], f: &mut Fields<'_>) {
    f.constant("lr_lambdas", Value::List(vec![Value::None; lambdas.len()]));
}

impl Schedule for LambdaLR {
    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    fn get_lr(&self, _groups: &mut [&mut dyn AnyGroup]) -> Vec<f64> {
        let epoch = self.clock.last_epoch as usize;
        self.clock.base_lrs.iter().zip(&self.lambdas).map(|(base, lambda)| base * lambda(epoch)).collect()
    }

    fn fields(&mut self, _f: &mut Fields<'_>) {}

    fn fields_after(&mut self, f: &mut Fields<'_>) {
        lambda_fields(&self.lambdas, f);
    }
}
