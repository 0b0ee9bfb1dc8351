use tensor::Tensor;

use super::max::OfAll;
use crate::ops::index::Pick;
use crate::{Variable, apply};

impl Variable {
    /// The element in the middle of all, the lower of two, as [`Tensor::median`]. Its equals share the
    /// gradient evenly, and so do NaNs.
    ///
    /// # Panics
    /// On `Bool`.
    #[track_caller]
    pub fn median(&self) -> Variable {
        apply(OfAll::Median, &[self]).single()
    }

    /// The element in the middle of those that are not NaN, as [`Tensor::nanmedian`]. Its equals share the
    /// gradient evenly.
    ///
    /// # Panics
    /// On `Bool`.
    #[track_caller]
    pub fn nanmedian(&self) -> Variable {
        apply(OfAll::NanMedian, &[self]).single()
    }

    /// The element in the middle along `dim` and where it is, as [`Tensor::median_dim`]; the gradient goes
    /// there.
    ///
    /// # Panics
    /// If there is no such axis, it has no elements, or the dtype is `Bool`.
    #[track_caller]
    pub fn median_dim(&self, dim: isize, keepdim: bool) -> (Variable, Tensor) {
        self.picked(Pick::Median { dim, keepdim })
    }

    /// The element in the middle along `dim` of those that are not NaN, and where it is, as
    /// [`Tensor::nanmedian_dim`]; the gradient goes there.
    ///
    /// # Panics
    /// If there is no such axis, it has no elements, or the dtype is `Bool`.
    #[track_caller]
    pub fn nanmedian_dim(&self, dim: isize, keepdim: bool) -> (Variable, Tensor) {
        self.picked(Pick::NanMedian { dim, keepdim })
    }

    /// The `k`-th smallest element along `dim`, counted from 1, and where it is, as [`Tensor::kthvalue`]; the
    /// gradient goes there.
    ///
    /// # Panics
    /// If there is no such axis, it has fewer than `k` elements, `k` is 0, or the dtype is `Bool`.
    #[track_caller]
    pub fn kthvalue(&self, k: usize, dim: isize, keepdim: bool) -> (Variable, Tensor) {
        self.picked(Pick::KthValue { k, dim, keepdim })
    }

    /// The element that occurs most often along `dim`, and where it is last, as [`Tensor::mode`]; the
    /// gradient goes there.
    ///
    /// # Panics
    /// If there is no such axis, or it has no elements.
    #[track_caller]
    pub fn mode(&self, dim: isize, keepdim: bool) -> (Variable, Tensor) {
        self.picked(Pick::Mode { dim, keepdim })
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn gradients_match_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.1, 0.1]]);
        gradchecks(|x| x[0].median(), &[x.clone()]);
        gradchecks(|x| x[0].nanmedian(), &[x.clone()]);
        gradchecks(|x| x[0].median_dim(1, true).0, &[x.clone()]);
        gradchecks(|x| x[0].nanmedian_dim(0, false).0, &[x.clone()]);
        gradchecks(|x| x[0].kthvalue(2, -1, false).0, &[x.clone()]);
        gradchecks(|x| x[0].mode(0, false).0, &[x]);
    }
}
