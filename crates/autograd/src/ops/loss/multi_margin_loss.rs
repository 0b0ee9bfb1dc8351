use tensor::{Float, Tensor, Value};

use super::Reduction;
use super::class_loss::weight_of;
use super::rows::{MarginLoss, Margins, Rows, classes_of, scalar, total};
use crate::{Options, Variable, apply};

/// The options of [`multi_margin_loss`] and `nn::MultiMarginLoss`.
#[derive(Clone, Debug, Options)]
#[options(crate = tensor, shown = never)]
pub struct MultiMarginLossOptions {
    /// The power of each part, 1 or 2. Default 1.
    #[option(default = 1, check(p == 1 || p == 2, "only p == 1 and p == 2 supported, got {p}"))]
    pub p: i64,
    /// How much larger the score of the target's class has to be than the others. Default 1.
    #[option(default = 1.0)]
    pub margin: f64,
    /// A factor for the loss of each class, `[C]` of the input's dtype. Default 1.
    #[option(skip)]
    pub weight: Option<Tensor>,
    /// The use made of the samples' losses. Default mean.
    pub reduction: Reduction,
}

/// Hinge loss of classes: `1/C·Σ w[t]·max(0, margin − x[t] + x[c])ᵖ` over the classes `c` other than the
/// target `t`, reduced. Its gradient has none itself, as in torch.
///
/// # Shapes
/// - `x`: (N, C) or (C)
/// - `target`: (N), or () or (1) for one sample, classes as `I64`
/// - output: no axes, or the shape of `target` without reduction
///
/// # Panics
/// If the shapes or dtypes do not fit, a target is no class of `x`, or `p` is neither 1 nor 2.
#[track_caller]
pub fn multi_margin_loss(x: &Variable, target: &Variable, options: &MultiMarginLossOptions) -> Variable {
    options.assert_valid(NAME);
    let (rows, size, of_input) = (Rows::of(NAME, x), target.shape(), x.shape());
    assert!(
        size.len() <= 1 && target.numel() == rows.samples,
        "{NAME}: target tensor should be 1-D with size equal to the number of input samples (batch size). Expected \
         target size [{}], but got {size:?}. Input has shape {of_input:?}.",
        rows.samples
    );
    let weight = options.weight.as_ref().map(|weight| {
        let (shape, found, dtype) = (weight.shape(), weight.dtype(), x.dtype());
        assert!(shape.len() == 1, "{NAME}: weight must be one-dimensional, got {}D", shape.len());
        let n = rows.classes;
        assert!(shape == [n], "{NAME}: inconsistent weight size, expected {n} but got {shape:?}");
        assert!(found == dtype, "{NAME}: expected scalar type {dtype} but found {found} for the weight");
        weight.contiguous()
    });
    let class = |t: i64| match usize::try_from(t) {
        Ok(t) if t < rows.classes => t,
        _ => panic!("{NAME}: target out of range: {t} of {} classes (shape {of_input:?})", rows.classes),
    };
    let targets = classes_of(NAME, target).into_iter().map(class).collect();
    let options = MultiMarginLossOptions { weight, ..options.clone() };
    apply(MarginLoss(MultiMargin { rows, targets, shape: size.to_vec(), options }), &[x]).single()
}

const NAME: &str = "multi_margin_loss";

struct MultiMargin {
    rows: Rows,
    /// The class of each sample.
    targets: Vec<usize>,
    /// That of unreduced losses.
    shape: Vec<usize>,
    options: MultiMarginLossOptions,
}

impl MultiMargin {
    fn weight<T: Float>(&self) -> Option<&[T]> {
        self.options.weight.as_ref().map(|weight| weight.as_slice())
    }
}

impl Margins for MultiMargin {
    const NAME: &'static str = NAME;
    const NODES: [&'static str; 2] = ["MultiMarginLossBackward0", "multi_margin_loss_backward"];

    fn saved(&self) -> Vec<(&'static str, Value)> {
        self.options.saved()
    }

    fn value<T: Float>(&self, x: &[T]) -> Tensor {
        let (margin, c) = (T::from_f64(self.options.margin), self.rows.classes);
        let losses = x.chunks(c).zip(&self.targets).map(|(x, &t)| {
            let mut sum = T::ZERO;
            for (d, &score) in x.iter().enumerate() {
                let z = margin - x[t] + score;
                if d != t && z > T::ZERO {
                    sum += if self.options.p == 1 { z } else { z * z } * weight_of(self.weight(), t);
                }
            }
            sum / T::from_f64(c as f64)
        });
        let losses: Vec<T> = losses.collect();
        match self.options.reduction {
            Reduction::None => Tensor::from_vec(losses, &self.shape[..]),
            Reduction::Sum => scalar::<T>(total(&losses)),
            Reduction::Mean => scalar::<T>(total(&losses) / self.rows.samples as f64),
        }
    }

    fn gradient<T: Float>(&self, x: &[T], dx: &mut [T]) -> Rows {
        let margin = T::from_f64(self.options.margin);
        let (share, n) = (self.rows.share::<T>(self.options.reduction), self.rows.classes);
        for ((x, &t), dx) in x.chunks(n).zip(&self.targets).zip(dx.chunks_mut(n)) {
            for (d, &score) in x.iter().enumerate() {
                let z = margin - x[t] + score;
                if d != t && z > T::ZERO {
                    let slope = if self.options.p == 1 { share } else { T::from_f64(2.0) * share * z };
                    let slope = slope * weight_of(self.weight(), t);
                    dx[d] = slope;
                    dx[t] -= slope;
                }
            }
        }
        self.rows
    }
}
