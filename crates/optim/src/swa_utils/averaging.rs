use std::fmt;

use tensor::Tensor;

use crate::arithmetic::lerp_into;

/// How an average takes in a new value: a function of the average, the value, and the number of values that
/// are in the average already.
///
/// ```
/// use optim::AvgFn;
///
/// let largest = AvgFn::new(|averaged, current, _| averaged.maximum(current));
/// # let _ = largest;
/// ```
pub struct AvgFn(Box<Average>);

type Average = dyn Fn(&Tensor, &Tensor, i64) -> Tensor + Send + Sync;

impl AvgFn {
    /// A function of your own.
    pub fn new(f: impl Fn(&Tensor, &Tensor, i64) -> Tensor + Send + Sync + 'static) -> AvgFn {
        AvgFn(Box::new(f))
    }

    /// The new average, in the type of the old one: whole numbers lose their fractions, as in torch.
    pub(super) fn call(&self, averaged: &Tensor, current: &Tensor, num_averaged: i64) -> Tensor {
        (self.0)(averaged, current, num_averaged).to_dtype(averaged.dtype())
    }
}

/// [`get_swa_avg_fn`]
impl Default for AvgFn {
    fn default() -> Self {
        get_swa_avg_fn()
    }
}

impl fmt::Debug for AvgFn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AvgFn(…)")
    }
}

/// The mean of all values, each as heavy as any other: `a + (x − a)/(n + 1)`. Default of an
/// [`AveragedModel`](super::AveragedModel).
pub fn get_swa_avg_fn() -> AvgFn {
    AvgFn::new(|averaged, current, n| averaged + &(current - averaged).div_scalar((n + 1) as f64))
}

/// The mean of all values, computed as torch's function of this name does, `lerp(a, x, 1/(n + 1))`: the same
/// but for roundings.
pub fn get_swa_multi_avg_fn() -> AvgFn {
    let mean = get_swa_avg_fn();
    AvgFn::new(move |averaged, current, n| match averaged.dtype().is_float() {
        true => between(averaged, current, f64::from(1.0 / (n + 1) as f32)),
        false => mean.call(averaged, current, n),
    })
}

/// A mean that fades: `decay·a + (1 − decay)·x`; torch's default is 0.999.
///
/// # Panics
/// If `decay` is not between 0 and 1.
#[track_caller]
pub fn get_ema_avg_fn(decay: f64) -> AvgFn {
    check(decay);
    AvgFn::new(move |averaged, current, _| faded(averaged, current, decay))
}

/// A mean that fades, computed as torch's function of this name does, `lerp(a, x, 1 − decay)`: the same but
/// for roundings, and quicker.
///
/// # Panics
/// If `decay` is not between 0 and 1.
#[track_caller]
pub fn get_ema_multi_avg_fn(decay: f64) -> AvgFn {
    check(decay);
    AvgFn::new(move |averaged, current, _| match averaged.dtype().is_float() {
        true => between(averaged, current, 1.0 - decay),
        false => faded(averaged, current, decay),
    })
}

#[track_caller]
fn check(decay: f64) {
    assert!(
        (0.0..=1.0).contains(&decay),
        "Invalid decay value {decay} provided. Please provide a value in [0,1] range."
    );
}

fn faded(averaged: &Tensor, current: &Tensor, decay: f64) -> Tensor {
    averaged.mul_scalar(decay) + current.mul_scalar(1.0 - decay)
}

fn between(averaged: &Tensor, current: &Tensor, weight: f64) -> Tensor {
    let mut sum = averaged.contiguous();
    lerp_into(&mut sum, current, weight);
    sum
}
