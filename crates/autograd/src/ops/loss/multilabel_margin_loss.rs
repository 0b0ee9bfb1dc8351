use tensor::{Float, Tensor, Value};

use super::Reduction;
use super::rows::{MarginLoss, Margins, Rows, classes_of, scalar, total};
use crate::{Options, Variable, apply};

/// The options of [`multilabel_margin_loss`] and `nn::MultiLabelMarginLoss`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor, shown = never)]
pub struct MultiLabelMarginLossOptions {
    /// The use made of the samples' losses. Default mean.
    pub reduction: Reduction,
}

/// Hinge loss of several classes for each sample: `1/C·Σ max(0, 1 − x[t] + x[c])` over its classes `t` and
/// all others `c`, reduced. Its gradient has none itself, as in torch.
///
/// # Shapes
/// - `x`: (N, C) or (C)
/// - `target`: the same, the classes of each sample as `I64`, up to the first −1
/// - output: no axes, or (N) without reduction
///
/// # Panics
/// If the shapes or dtypes do not fit, or a target is neither −1 nor a class of `x`.
#[track_caller]
pub fn multilabel_margin_loss(
    x: &Variable,
    target: &Variable,
    options: &MultiLabelMarginLossOptions,
) -> Variable {
    let (rows, size, of_input) = (Rows::of(NAME, x), target.shape(), x.shape());
    let fits = match of_input.len() {
        2 => size == of_input,
        _ => size.len() <= 1 && target.numel() == rows.classes,
    };
    assert!(fits, "{NAME}: inconsistent target size: {size:?} for input of size: {of_input:?}");
    let targets = classes_of(NAME, target);
    for &t in &targets {
        let known = t == -1 || usize::try_from(t).is_ok_and(|t| t < rows.classes);
        assert!(known, "{NAME}: target {t} is out of range, there are {} classes", rows.classes);
    }
    let named = |row: &[i64]| row.iter().map_while(|&t| usize::try_from(t).ok()).collect();
    let targets = targets.chunks(rows.classes).map(named).collect();
    let shape = size[..of_input.len().max(1) - 1].to_vec();
    apply(MarginLoss(MultiLabelMargin { rows, targets, shape, options: *options }), &[x]).single()
}

const NAME: &str = "multilabel_margin_loss";

struct MultiLabelMargin {
    rows: Rows,
    /// The classes of each sample.
    targets: Vec<Vec<usize>>,
    /// That of unreduced losses.
    shape: Vec<usize>,
    options: MultiLabelMarginLossOptions,
}

impl MultiLabelMargin {
    /// Calls `f` with the number, the class, another class and the part of the loss of each pair of a sample
    /// that counts.
    fn pairs<T: Float>(&self, x: &[T], mut f: impl FnMut(usize, usize, usize, T)) {
        for (i, (x, targets)) in x.chunks(self.rows.classes).zip(&self.targets).enumerate() {
            let others: Vec<usize> = (0..x.len()).filter(|c| !targets.contains(c)).collect();
            for &t in targets {
                for &c in &others {
                    let z = T::ONE - x[t] + x[c];
                    if z > T::ZERO {
                        f(i, t, c, z);
                    }
                }
            }
        }
    }
}

impl Margins for MultiLabelMargin {
    const NAME: &'static str = NAME;
    const NODES: [&'static str; 2] = ["MultilabelMarginLossBackward0", "multilabel_margin_loss_backward"];

    fn saved(&self) -> Vec<(&'static str, Value)> {
        self.options.saved()
    }

    /// As torch has it: a sample's parts are added in f64 and rounded, then the samples' sums in f64.
    fn value<T: Float>(&self, x: &[T]) -> Tensor {
        let mut sums = vec![0.0; self.rows.samples];
        self.pairs(x, |i, _, _, z| sums[i] += z.to_f64());
        let (mut sums, n) = (sums.into_iter().map(T::from_f64).collect::<Vec<T>>(), self.rows.classes as f64);
        match self.options.reduction {
            Reduction::None => {
                sums.iter_mut().for_each(|sum| *sum = *sum / T::from_f64(n));
                Tensor::from_vec(sums, &self.shape[..])
            }
            Reduction::Sum => scalar::<T>(total(&sums) / n),
            Reduction::Mean => scalar::<T>(total(&sums) / n / self.rows.samples as f64),
        }
    }

    fn gradient<T: Float>(&self, x: &[T], dx: &mut [T]) -> Rows {
        let (share, n) = (self.rows.share::<T>(self.options.reduction), self.rows.classes);
        self.pairs(x, |i, t, c, _| {
            dx[i * n + t] -= share;
            dx[i * n + c] += share;
        });
        self.rows
    }
}
