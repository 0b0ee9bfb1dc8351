use tensor::{Integers, Tensor};

use super::sum::kept_shape;
use crate::op::attributes;
use crate::ops::index::Pick;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The largest element; NaN if there is one. Elements that share the maximum share its gradient evenly,
    /// and so do NaNs, as in torch.
    #[track_caller]
    pub fn max(&self) -> Variable {
        apply(OfAll::Max, &[self]).single()
    }

    /// The smallest element; NaN if there is one. Elements that share the minimum share its gradient evenly,
    /// and so do NaNs, as in torch.
    #[track_caller]
    pub fn min(&self) -> Variable {
        apply(OfAll::Min, &[self]).single()
    }

    /// The largest elements over the axes `dims`, all of them if it is empty; with `keepdim` the axes stay,
    /// of size 1. Elements that share a maximum share its gradient evenly, where [`Variable::max_dim`]'s goes
    /// to the first. Beside a NaN all gradients are NaN, unlike [`Variable::max`]'s: both as in torch.
    ///
    /// # Panics
    /// If `dims` are not axes, or one of them has no elements.
    #[track_caller]
    pub fn amax(&self, dims: impl Integers, keepdim: bool) -> Variable {
        self.amax_over(&dims.integers(), keepdim)
    }

    #[track_caller]
    fn amax_over(&self, dims: &[isize], keepdim: bool) -> Variable {
        apply(Extreme { largest: true, dims: dims.to_vec(), keepdim }, &[self]).single()
    }

    /// The smallest elements over the axes `dims`, as [`Variable::amax`].
    ///
    /// # Panics
    /// If `dims` are not axes, or one of them has no elements.
    #[track_caller]
    pub fn amin(&self, dims: impl Integers, keepdim: bool) -> Variable {
        self.amin_over(&dims.integers(), keepdim)
    }

    #[track_caller]
    fn amin_over(&self, dims: &[isize], keepdim: bool) -> Variable {
        apply(Extreme { largest: false, dims: dims.to_vec(), keepdim }, &[self]).single()
    }

    /// The largest elements along `dim` and their positions; the gradient goes to those positions.
    ///
    /// # Panics
    /// If there is no such axis, or it is empty.
    #[track_caller]
    pub fn max_dim(&self, dim: isize, keepdim: bool) -> (Variable, Tensor) {
        self.picked(Pick::Max { dim, keepdim })
    }

    /// The smallest elements along `dim` and their positions; the gradient goes to those positions.
    ///
    /// # Panics
    /// If there is no such axis, or it is empty.
    #[track_caller]
    pub fn min_dim(&self, dim: isize, keepdim: bool) -> (Variable, Tensor) {
        self.picked(Pick::Min { dim, keepdim })
    }
}

/// The element that a function picks of all, whose gradient its equals share.
pub(super) enum OfAll {
    Max,
    Min,
    Median,
    NanMedian,
}

impl Op for OfAll {
    fn name(&self) -> &'static str {
        match self {
            OfAll::Max => "MaxBackward1",
            OfAll::Min => "MinBackward1",
            OfAll::Median => "MedianBackward0",
            OfAll::NanMedian => "NanmedianBackward0",
        }
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        let x = &x[0];
        let y = match self {
            OfAll::Max => x.max(),
            OfAll::Min => x.min(),
            OfAll::Median => x.median(),
            OfAll::NanMedian => x.nanmedian(),
        };
        save.constant(|| if y.item().is_nan() { x.isnan() } else { x.eq(&y) });
        y.into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (dy, at) = (dy.single(), saved[0].value());
        let zero = V::constant(tensor::zeros_dtype((), dy.value().dtype()));
        let count = at.to_dtype(dy.value().dtype()).sum();
        (dy / &V::constant(count)).where_(&at, &zero).into()
    }
}

/// The largest or smallest over axes.
struct Extreme {
    largest: bool,
    dims: Vec<isize>,
    keepdim: bool,
}

impl Op for Extreme {
    fn name(&self) -> &'static str {
        if self.largest { "AmaxBackward0" } else { "AminBackward0" }
    }

    attributes!(dim: dims, keepdim);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        let (x, dims) = (&x[0], &self.dims);
        let y = if self.largest { x.amax(dims, self.keepdim) } else { x.amin(dims, self.keepdim) };
        save.constant(|| x.eq(&y.reshape(&kept_shape(x.shape(), dims)[..])));
        y.into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let dy = dy.single();
        let at = saved[0].value().to_dtype(dy.value().dtype());
        let count = at.sum_dim(&self.dims, true);
        let share = dy.reshape(count.shape()) / &V::constant(count);
        (V::constant(at) * &share).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Variable;
    use crate::gradcheck::gradchecks;

    #[test]
    fn max_and_min_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.1, 0.1]]);
        gradchecks(|x| x[0].max(), &[x.clone()]);
        gradchecks(|x| x[0].min(), &[x.clone()]);
        gradchecks(|x| x[0].amax(0, false), &[x.clone()]);
        gradchecks(|x| x[0].amin([0, 1], true), &[x.clone()]);
        gradchecks(|x| x[0].max_dim(1, false).0, &[x.clone()]);
        gradchecks(|x| x[0].min_dim(-2, true).0, &[x]);
    }

    #[test]
    fn equal_maxima_share_the_gradient() {
        let x = Variable::new(Tensor::from([2.0f32, 1.0, 2.0])).requires_grad_(true);
        x.max().backward();
        assert_eq!(x.grad().expect("x took part").to_vec::<f32>(), [0.5, 0.0, 0.5]);
        x.zero_grad();
        x.amax(0, true).sum().backward();
        assert_eq!(x.grad().expect("x took part").to_vec::<f32>(), [0.5, 0.0, 0.5]);
    }
}
