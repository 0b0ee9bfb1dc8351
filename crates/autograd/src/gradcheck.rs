use tensor::{DType, Tensor};

use crate::{GradOptions, Variable, cat, enable_grad, grad_with, no_grad};

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

/// Compares the second derivatives of `f` with differences of the first: [`gradcheck`] of the gradients
/// themselves, as a function of the inputs and of the outputs' gradients.
///
/// ```
/// use autograd::gradgradcheck;
/// use tensor::Tensor;
/// gradgradcheck(|x| x[0].tanh(), &[Tensor::from([0.3f64, -1.2])]);
/// ```
///
/// # Panics
/// As [`gradcheck`].
#[track_caller]
pub fn gradgradcheck(f: impl Fn(&[Variable]) -> Variable, inputs: &[Tensor]) {
    let y = no_grad(|| f(&inputs.iter().map(Variable::from).collect::<Vec<_>>()));
    let n = y.numel();
    let dy = (0..n).map(|i| 0.5 - ((i * 6271 + 29) % 97) as f64 / 97.0).collect();
    let dy = Tensor::from_vec(dy, y.shape());
    // The gradients of all inputs, in one row; and what they start from, so that a constant one depends on
    // something.
    let gradients = |at: &[Variable]| {
        let (dy, x) = at.split_last().expect("the outputs' gradient comes last");
        // An input that is needed for its value only is a leaf here all the same.
        let x: Vec<Variable> = x.iter().map(|x| x.clone().requires_grad_(true)).collect();
        let y = enable_grad(|| f(&x));
        let options = GradOptions {
            grad_outputs: vec![Some(dy.clone())],
            create_graph: true,
            allow_unused: true,
            ..Default::default()
        };
        let found = grad_with(&y, &x, options);
        let zeros = |x: &Variable| Variable::new(x.data().zeros_like());
        let rows = x.iter().zip(found).map(|(x, g)| g.unwrap_or_else(|| zeros(x)).reshape([-1]));
        cat(&rows.chain([dy.reshape([-1])]).collect::<Vec<_>>(), 0)
    };
    let at: Vec<Tensor> = inputs.iter().cloned().chain([dy]).collect();
    gradcheck(gradients, &at);
}

/// Numbers that are neither regular nor large, for gradient checks.
#[cfg(test)]
pub(crate) fn numbers(shape: &[usize]) -> Tensor {
    let n = shape.iter().product::<usize>() as f64;
    tensor::arange(0.0, n, 1.0).to_dtype(DType::F64).square().sin().reshape(shape)
}

/// Both checks, as the tests of operations make them.
#[cfg(test)]
#[track_caller]
pub(crate) fn gradchecks(f: impl Fn(&[Variable]) -> Variable, inputs: &[Tensor]) {
    gradcheck(&f, inputs);
    gradgradcheck(&f, inputs);
}

/// Numbers from −1 to 1 that go up and down, to check gradients at.
#[cfg(test)]
pub(crate) fn ramp(shape: &[usize]) -> Tensor {
    let n: usize = shape.iter().product();
    Tensor::from_vec((0..n).map(|i| ((i * 37) % 17) as f64 / 8.0 - 1.0).collect(), shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, apply};

    /// `3x` with a factor of its own on the way back.
    struct Wrong(f64);

    impl Op for Wrong {
        fn name(&self) -> &'static str {
            "Wrong"
        }
        fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
            save.input(0);
            (&x[0] * 3.0).into()
        }
        fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
            // A step whose history is cut off: the value is right, its derivative is missing.
            let cut = V::constant(saved[0].value().zeros_like() + self.0);
            (dy.single() * &cut).into()
        }
    }

    #[test]
    #[should_panic(expected = "gradcheck: off by")]
    fn a_wrong_rule_is_found() {
        gradcheck(|x| apply(Wrong(2.0), &[&x[0]]).single(), &[Tensor::from([1.0f64])]);
    }

    #[test]
    fn a_right_rule_passes() {
        gradcheck(|x| apply(Wrong(3.0), &[&x[0]]).single(), &[Tensor::from([1.0f64])]);
        gradgradcheck(|x| apply(Wrong(3.0), &[&x[0]]).single(), &[Tensor::from([1.0f64])]);
    }

    /// `x²` whose rule forgets where its factor came from.
    struct Cut;

    impl Op for Cut {
        fn name(&self) -> &'static str {
            "Cut"
        }
        fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
            save.input(0);
            x[0].square().into()
        }
        fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
            (dy.single() * &V::constant(saved[0].value().mul_scalar(2.0))).into()
        }
    }

    #[test]
    #[should_panic(expected = "gradcheck: off by")]
    fn a_rule_that_loses_the_history_is_found() {
        let square = |x: &[Variable]| apply(Cut, &[&x[0]]).single();
        gradcheck(square, &[Tensor::from([1.5f64])]);
        gradgradcheck(square, &[Tensor::from([1.5f64])]);
    }
}
