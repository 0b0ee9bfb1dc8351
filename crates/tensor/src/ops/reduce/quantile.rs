//! Where quantiles lie between the elements.

use crate::ops::elementwise::pairs::Operand;
use crate::{DType, Tensor};

/// The value of a quantile that lies between two elements, as torch's `interpolation`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QuantileInterpolation {
    /// On the straight line between them.
    #[default]
    Linear,
    /// The lower one.
    Lower,
    /// The higher one.
    Higher,
    /// Half way between them.
    Midpoint,
    /// The nearer one, of two equally near ones that at an even place.
    Nearest,
}

/// Between which elements of an axis in order quantiles lie.
#[doc(hidden)]
#[derive(Debug)]
pub struct QuantilePlaces {
    /// The elements below, by their places along the last axis.
    pub below: Tensor,
    /// The elements above and how far it is to them, where that is not one of the elements itself.
    pub between: Option<(Tensor, Tensor)>,
    /// Whether it is a list of quantiles.
    pub several: bool,
}

impl QuantilePlaces {
    /// Of `sorted`, which lies in order along its last axis. With `known` NaNs do not count; else one makes
    /// every quantile NaN.
    #[track_caller]
    pub fn of_sorted(
        op: &str,
        sorted: &Tensor,
        q: Operand<'_, Tensor>,
        interpolation: QuantileInterpolation,
        known: bool,
    ) -> QuantilePlaces {
        let (q, several) = quantiles(op, sorted, q);
        // In double precision, as in torch, which finds the places of many elements.
        let q = q.to_dtype(DType::F64);
        let last = sorted.size(-1) as i64 - 1;
        let unknown = sorted.isnan();
        let mut ranks = if known {
            let count = unknown.logical_not().sum_dim(-1, true);
            q.mul(&count.sub_scalar(1)).clamp_min(0)
        } else {
            let ranks =
                q.mul_scalar(last).expand(&[&sorted.shape()[..sorted.ndim() - 1], &[q.numel()]].concat()[..]);
            ranks.masked_fill(&unknown.any_dim(-1, true), last)
        };
        match interpolation {
            QuantileInterpolation::Lower => ranks = ranks.floor(),
            QuantileInterpolation::Higher => ranks = ranks.ceil(),
            QuantileInterpolation::Nearest => ranks = ranks.round(),
            _ => {}
        }
        let below = ranks.to_dtype(DType::I64);
        let weight = match interpolation {
            QuantileInterpolation::Linear => Some(ranks.sub(&below)),
            QuantileInterpolation::Midpoint => Some(ranks.full_like(0.5)),
            _ => None,
        };
        let between = weight.map(|weight| (ranks.ceil().to_dtype(DType::I64), weight.to_dtype(sorted.dtype)));
        QuantilePlaces { below, between, several }
    }
}

/// The list of quantiles, and whether it was one.
#[track_caller]
fn quantiles(op: &str, x: &Tensor, q: Operand<'_, Tensor>) -> (Tensor, bool) {
    assert!(
        x.dtype.has_functions(),
        "{op}: quantile() input tensor must be either float or double dtype, but got {}",
        x.dtype
    );
    assert!(x.numel() > 0, "{op}: quantile() input tensor must be non-empty (shape {:?})", x.shape());
    let q = match q {
        Operand::Array(q) => q.clone(),
        Operand::Number(q) => crate::full_dtype((), q.to_f64(), x.dtype),
    };
    assert!(q.ndim() < 2, "{op}: quantile() q must be a scalar or 1D tensor, but got shape {:?}", q.shape());
    assert!(
        q.dtype == x.dtype,
        "{op}: quantile() q tensor must be same dtype as the input tensor: {} and {}",
        q.dtype,
        x.dtype
    );
    let outside = q.lt(0).logical_or(&q.gt(1));
    if let Some(q) = q.masked_select(&outside).to_dtype(DType::F64).to_vec::<f64>().first() {
        panic!("{op}: quantile() q must be in the range [0, 1] but got {q}");
    }
    (q.reshape([-1]), q.ndim() == 1)
}
