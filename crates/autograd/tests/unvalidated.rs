//! Distributions that look at nothing: a process of its own, since the switch is for all of it.

use autograd::distributions::{Categorical, Distribution, Normal, Uniform, set_default_validate_args};
use tensor::Tensor;
use testing::refusal;

#[test]
fn without_checks_impossible_values_have_no_probability() {
    let before = Uniform::new(0.0, 1.0);
    set_default_validate_args(false);
    let two = Tensor::from(2.0f32).into();
    assert_eq!(Uniform::new(0.0, 1.0).log_prob(&two).item(), f64::NEG_INFINITY);
    assert!(Normal::new(0.0, -1.0).log_prob(&two).item().is_nan());
    let impossible = Categorical::from_logits(Tensor::from([0.0f32, f32::NEG_INFINITY]));
    assert_eq!(impossible.log_prob(&Tensor::from(1i64).into()).item(), f64::NEG_INFINITY);
    assert_eq!(impossible.entropy().item(), 0.0);
    // Each keeps to what held when it was made.
    assert!(refusal(std::panic::AssertUnwindSafe(|| before.log_prob(&two))).contains("within the support"));
    set_default_validate_args(true);
    assert!(refusal(|| Normal::new(0.0, -1.0)).contains("to satisfy the constraint"));
}
