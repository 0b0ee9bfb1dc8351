use tensor::{DType, Tensor};

use crate::{Variable, no_grad};

/// Compares the gradient of `f` with central differences, in `F64`, at `inputs`.
///
/// The outputs are weighted with fixed, uneven numbers and summed, so that an output of any shape is checked
/// whole. Each partial derivative has to agree to 1e-6 of its size (or of 1, if that is more).
///
/// ```
/// use autograd::gradcheck;
/// use tensor::Tensor;
/// gradcheck(|x| x[0].tanh(), &[Tensor::from([0.3f64, -1.2])]);
/// ```
///
/// # Panics
/// Naming the element that is farthest off; or if an input is not `F64`.
#[track_caller]
pub fn gradcheck(f: impl Fn(&[Variable]) -> Variable, inputs: &[Tensor]) {
    const STEP: f64 = 1e-6;
    const TOLERANCE: f64 = 1e-6;
    assert!(inputs.iter().all(|x| x.dtype() == DType::F64), "gradcheck: the inputs must be torch.float64");

    let weighted = |y: &Variable| {
        let n = y.numel();
        let weights = (0..n).map(|i| 0.5 + ((i * 7919 + 13) % 101) as f64 / 101.0).collect();
        (y * &Variable::new(Tensor::from_vec(weights, y.shape()))).sum()
    };
    let leaves: Vec<Variable> =
        inputs.iter().map(|x| Variable::new(x.clone()).requires_grad_(true)).collect();
    let y = weighted(&f(&leaves));
    assert!(y.requires_grad(), "gradcheck: the output does not depend on any input in a differentiable way");
    y.backward();

    let value = |at: &[Tensor]| {
        let at: Vec<Variable> = at.iter().map(Variable::from).collect();
        no_grad(|| weighted(&f(&at)).item())
    };
    let mut worst: Option<(f64, String)> = None;
    for (which, (x, leaf)) in inputs.iter().zip(&leaves).enumerate() {
        let analytic = leaf.grad().unwrap_or_else(|| x.zeros_like()).to_vec::<f64>();
        for (i, &analytic) in analytic.iter().enumerate() {
            let shifted = |by: f64| {
                let mut at = inputs.to_vec();
                at[which] = at[which].contiguous();
                at[which].make_mut::<f64>()[i] += by;
                value(&at)
            };
            let numeric = (shifted(STEP) - shifted(-STEP)) / (2.0 * STEP);
            let off = (analytic - numeric).abs() / analytic.abs().max(numeric.abs()).max(1.0);
            // A NaN is off too, and by more than anything.
            if (off > TOLERANCE || off.is_nan())
                && worst.as_ref().is_none_or(|(most, _)| off.is_nan() || off > *most)
            {
                let place = format!(
                    "input {which} {:?}, element {i}: {analytic} by the rule, {numeric} by differences",
                    x.shape()
                );
                worst = Some((off, place));
            }
        }
    }
    if let Some((off, place)) = worst {
        panic!("gradcheck: off by {off:.2e} at {place}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backward, Grads};

    struct Wrong;

    impl Backward for Wrong {
        fn name(&self) -> &'static str {
            "Wrong"
        }
        fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
            Grads::from_elem(Some(dy * 2.0), 1)
        }
    }

    #[test]
    #[should_panic(expected = "gradcheck: off by")]
    fn a_wrong_rule_is_found() {
        gradcheck(|x| Variable::from_op(&x[0].data() * 3.0, &[&x[0]], || Wrong), &[Tensor::from([1.0f64])]);
    }
}
