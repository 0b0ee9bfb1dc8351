//! The losses, one file each: the options and the function.
//!
//! Each is a function of an output, a target and its options, which the operation keeps as its attributes.

mod bce_loss;
mod bce_with_logits;
mod class_loss;
mod cross_entropy;
mod huber_loss;
mod l1_loss;
mod mse_loss;
mod nll_loss;
mod pair_loss;
mod poisson_nll_loss;
mod reduction;
mod regression_loss;
mod smooth_l1_loss;
mod soft_cross_entropy;

pub use bce_loss::{BCELossOptions, bce_loss};
pub use bce_with_logits::{BCEWithLogitsLossOptions, bce_with_logits};
pub use cross_entropy::{CrossEntropyLossOptions, cross_entropy};
pub use huber_loss::{HuberLossOptions, huber_loss};
pub use l1_loss::{L1LossOptions, l1_loss};
pub use mse_loss::{MSELossOptions, mse_loss};
pub use nll_loss::{NLLLossOptions, nll_loss};
pub use poisson_nll_loss::{PoissonNLLLossOptions, poisson_nll_loss};
pub use reduction::Reduction;
pub use smooth_l1_loss::{SmoothL1LossOptions, smooth_l1_loss};

#[cfg(test)]
mod tests {
    use tensor::{Tensor, Value};

    use super::*;
    use crate::Options;
    use crate::Variable;
    use crate::gradcheck::gradchecks;

    /// Compares both derivatives of a loss with differences, under each of the settings and reductions.
    fn check<O: Options>(
        loss: fn(&Variable, &Variable, &O) -> Variable,
        settings: &[&[(&str, Value)]],
        x: &Tensor,
        target: &Tensor,
    ) {
        for setting in settings {
            for reduction in ["none", "mean", "sum"] {
                let mut options = O::default();
                for (name, value) in setting.iter().chain(&[("reduction", reduction.into())]) {
                    options.set(name, value).expect("an option of this loss");
                }
                if target.dtype().is_float() {
                    gradchecks(|x| loss(&x[0], &x[1], &options), &[x.clone(), target.clone()]);
                } else {
                    let target = Variable::new(target.clone());
                    gradchecks(|x| loss(&x[0], &target, &options), std::slice::from_ref(x));
                }
            }
        }
    }

    #[test]
    fn regression_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5f64, -1.2, 2.0], [-0.3, 0.9, -2.5]]);
        let t = Tensor::from([[1.0f64, 0.4, -1.0], [0.2, 1.2, 0.5]]);
        let [column, row] = [x.narrow(1, 0, 1), t.narrow(0, 0, 1)];
        for (x, t) in [(&x, &t), (&column, &row), (&row, &column)] {
            check(mse_loss, &[&[]], x, t);
            check(l1_loss, &[&[]], x, t);
            check(smooth_l1_loss, &[&[], &[("beta", 0.8.into())]], x, t);
            check(huber_loss, &[&[], &[("delta", 0.8.into())]], x, t);
            let full: [&[_]; 3] =
                [&[], &[("full", true.into())], &[("log_input", false.into()), ("eps", 3.0.into())]];
            check(poisson_nll_loss, &full, x, &t.add_scalar(1.5));
        }
    }

    #[test]
    fn binary_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5f64, 0.1, 0.9], [0.3, 0.75, 0.2]]);
        let t = Tensor::from([[0.9f64, 0.4, 0.1], [0.2, 0.7, 0.5]]); // inside, a step away from the bounds
        let row = Value::from(Tensor::from([0.5f64, 2.0, 1.0]));
        let column = Value::from(Tensor::from([[3.0f64], [0.25]]));
        check(bce_loss, &[&[], &[("weight", row.clone())]], &x, &t);
        let settings: [&[_]; 4] = [
            &[],
            &[("weight", row.clone())],
            &[("pos_weight", row.clone())],
            &[("weight", column), ("pos_weight", row)],
        ];
        check(bce_with_logits, &settings, &x.mul_scalar(4.0).sub_scalar(2.0), &t);
    }

    #[test]
    fn class_gradients_match_finite_differences() {
        let x = Tensor::from([[[0.5f64, -1.2], [2.0, -0.3], [0.9, -2.5]]]); // (1, 3, 2)
        let soft = Tensor::from([[[0.5f64, 0.1], [0.3, 0.2], [0.2, 0.7]]]);
        let weight = ("weight", Value::from(Tensor::from([0.5f64, 2.0, 1.0])));
        let [ignore, smooth] = [("ignore_index", Value::Int(-1)), ("label_smoothing", 0.1.into())];
        let with_weight = [ignore.clone(), weight.clone()];
        let settings: [&[_]; 2] = [&[ignore.clone()], &with_weight];
        let smooth_too = [&[ignore.clone(), smooth.clone()][..], &[ignore, weight, smooth]];
        let samples = x.reshape([3, 2]).t(); // (2, 3), and not contiguous
        for (x, target) in [(&x, Tensor::from([[2i64, 0]])), (&samples, Tensor::from([2i64, -1]))] {
            check(nll_loss, &settings, x, &target);
            check(cross_entropy, &settings, x, &target);
            check(cross_entropy, &smooth_too, x, &target);
        }
        check(cross_entropy, &settings, &x, &soft);
        check(cross_entropy, &smooth_too, &x, &soft);
    }
}
