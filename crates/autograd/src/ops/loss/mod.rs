//! The losses, one file each: the options and the function.
//!
//! Each is a function of an output, a target and its options, which the operation keeps as its attributes.

mod bce_loss;
mod bce_with_logits;
mod class_loss;
mod cosine_embedding_loss;
mod cross_entropy;
mod ctc_loss;
mod ctc_paths;
mod gaussian_nll_loss;
mod hinge_embedding_loss;
mod huber_loss;
mod kl_div;
mod l1_loss;
mod margin_ranking_loss;
mod mse_loss;
mod multi_margin_loss;
mod multilabel_margin_loss;
mod multilabel_soft_margin_loss;
mod nll_loss;
mod pair_loss;
mod poisson_nll_loss;
mod reduction;
mod regression_loss;
mod rows;
mod smooth_l1_loss;
mod soft_cross_entropy;
mod soft_margin_loss;
mod triplet_margin_loss;
mod triplet_margin_with_distance_loss;

pub use bce_loss::{BCELossOptions, bce_loss};
pub use bce_with_logits::{BCEWithLogitsLossOptions, bce_with_logits};
pub use cosine_embedding_loss::{CosineEmbeddingLossOptions, cosine_embedding_loss};
pub use cross_entropy::{CrossEntropyLossOptions, cross_entropy};
pub use ctc_loss::{CTCLossOptions, ctc_loss};
pub use gaussian_nll_loss::{GaussianNLLLossOptions, gaussian_nll_loss};
pub use hinge_embedding_loss::{HingeEmbeddingLossOptions, hinge_embedding_loss};
pub use huber_loss::{HuberLossOptions, huber_loss};
pub use kl_div::{KLDivLossOptions, KLDivReduction, kl_div};
pub use l1_loss::{L1LossOptions, l1_loss};
pub use margin_ranking_loss::{MarginRankingLossOptions, margin_ranking_loss};
pub use mse_loss::{MSELossOptions, mse_loss};
pub use multi_margin_loss::{MultiMarginLossOptions, multi_margin_loss};
pub use multilabel_margin_loss::{MultiLabelMarginLossOptions, multilabel_margin_loss};
pub use multilabel_soft_margin_loss::{MultiLabelSoftMarginLossOptions, multilabel_soft_margin_loss};
pub use nll_loss::{NLLLossOptions, nll_loss};
pub use poisson_nll_loss::{PoissonNLLLossOptions, poisson_nll_loss};
pub use reduction::Reduction;
pub use smooth_l1_loss::{SmoothL1LossOptions, smooth_l1_loss};
pub use soft_margin_loss::{SoftMarginLossOptions, soft_margin_loss};
pub use triplet_margin_loss::{TripletMarginLossOptions, triplet_margin_loss};
pub use triplet_margin_with_distance_loss::{
    TripletMarginWithDistanceLossOptions, triplet_margin_with_distance_loss,
};

#[cfg(test)]
mod tests {
    use tensor::{Tensor, Value};

    use super::*;
    use crate::Options;
    use crate::Variable;
    use crate::gradcheck;
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

    /// The same of a loss of three inputs.
    fn check_three<O: Options>(
        loss: fn(&Variable, &Variable, &Variable, &O) -> Variable,
        settings: &[&[(&str, Value)]],
        inputs: &[Tensor; 3],
    ) {
        for setting in settings {
            for reduction in ["none", "mean", "sum"] {
                let mut options = O::default();
                for (name, value) in setting.iter().chain(&[("reduction", reduction.into())]) {
                    options.set(name, value).expect("an option of this loss");
                }
                gradchecks(|x| loss(&x[0], &x[1], &x[2], &options), inputs);
            }
        }
    }

    /// A loss of triplets with a distance of its own.
    fn of_squares(
        anchor: &Variable,
        positive: &Variable,
        negative: &Variable,
        options: &TripletMarginWithDistanceLossOptions,
    ) -> Variable {
        let distance = |x: &Variable, y: &Variable| (x - y).square().sum_dim(-1, false);
        triplet_margin_with_distance_loss(anchor, positive, negative, distance, options)
    }

    #[test]
    fn gradients_of_pairs_and_triplets_match_finite_differences() {
        let a = Tensor::from([[0.5f64, -1.2, 2.0], [-0.3, 0.9, -2.5]]);
        let b = Tensor::from([[1.0f64, 0.4, -1.0], [0.2, 1.2, 0.5]]);
        let c = Tensor::from([[0.7f64, 1.1, 0.2], [-0.6, 0.8, 1.5]]);
        let margin = |margin: f64| ("margin", Value::from(margin));
        let [a, b, c] = &[a, b, c];
        let three = [a.clone(), b.clone(), c.clone()];
        check_three(margin_ranking_loss, &[&[], &[margin(0.5)]], &three);
        let triplets: [&[_]; 3] =
            [&[margin(3.0)], &[margin(4.0), ("swap", true.into())], &[margin(5.0), ("p", 1.0.into())]];
        check_three(triplet_margin_loss, &triplets, &three);
        check_three(of_squares, &[&[margin(9.0)], &[margin(8.0), ("swap", true.into())]], &three);
        let var = [a.clone(), b.clone(), c.mul(c).add_scalar(0.1)];
        check_three(gaussian_nll_loss, &[&[], &[("full", true.into())]], &var);
        let signs = Variable::new(Tensor::from([1.0f64, -1.0]));
        for margin in [-0.9, 0.1] {
            let options = CosineEmbeddingLossOptions { margin, ..Default::default() };
            let loss = |x: &[Variable]| cosine_embedding_loss(&x[0], &x[1], &signs, &options);
            gradchecks(loss, &[a.clone(), b.clone()]);
        }
        let signs = Variable::new(Tensor::from([[1.0f64, -1.0, -1.0], [1.0, 1.0, -1.0]]));
        gradchecks(|x| hinge_embedding_loss(&x[0], &signs, &Default::default()), &[a.clone()]);
        check(soft_margin_loss, &[&[]], a, b);
        check(soft_margin_loss, &[&[]], a, &b.narrow(0, 0, 1));
        let weight = Value::from(Tensor::from([0.5f64, 2.0, 1.0]));
        check(multilabel_soft_margin_loss, &[&[], &[("weight", weight)]], a, b);
        check(kl_div, &[&[], &[("log_target", true.into())]], a, &c.mul(c));
        check(kl_div, &[&[]], &a.narrow(0, 0, 1), &c.mul(c));
    }

    /// Of these losses only the first, as in torch.
    #[test]
    fn gradients_of_margins_between_classes_match_finite_differences() {
        let x = Tensor::from([[0.5f64, -1.2, 2.0, 0.1], [-0.3, 0.9, -2.5, 0.2]]);
        let target = Variable::new(Tensor::from([2i64, 0]));
        let labels = Variable::new(Tensor::from([[3i64, 0, -1, 1], [1, -1, 2, 2]]));
        for reduction in [Reduction::None, Reduction::Mean, Reduction::Sum] {
            for (p, weight) in [(1, None), (2, None), (2, Some(Tensor::from([0.5f64, 2.0, 1.0, 3.0])))] {
                let options = MultiMarginLossOptions { p, margin: 0.8, weight, reduction };
                gradcheck(|x| multi_margin_loss(&x[0], &target, &options), &[x.clone()]);
            }
            let options = MultiLabelMarginLossOptions { reduction };
            gradcheck(|x| multilabel_margin_loss(&x[0], &labels, &options), &[x.clone()]);
        }
    }

    #[test]
    #[should_panic(expected = "derivative for multi_margin_loss_backward is not implemented")]
    fn a_margin_between_classes_has_no_second_derivative() {
        let x = Variable::new(Tensor::from([0.5f32, -1.2])).requires_grad_(true);
        let loss = multi_margin_loss(&x, &Variable::new(Tensor::from(1i64)), &Default::default());
        crate::grad_with(&loss, &x, crate::GradOptions { create_graph: true, ..Default::default() });
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
