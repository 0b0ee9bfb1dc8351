use smallvec::SmallVec;
use tensor::{Integers, Tensor};

use crate::op::attributes;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The sum of all elements; each gets the whole gradient.
    #[track_caller]
    pub fn sum(&self) -> Variable {
        apply(Sum::new("SumBackward0", &[], false, false), &[self]).single()
    }

    /// The sum over the axes `dims`, which stay as axes of size 1 if `keepdim`.
    ///
    /// # Panics
    /// If an axis does not exist.
    #[track_caller]
    pub fn sum_dim(&self, dims: impl Integers, keepdim: bool) -> Variable {
        self.sum_over(&dims.integers(), keepdim)
    }

    #[track_caller]
    fn sum_over(&self, dims: &[isize], keepdim: bool) -> Variable {
        apply(Sum::new("SumBackward1", dims, keepdim, false), &[self]).single()
    }
}

/// `shape` with 1 in place of the axes `dims`; all of them where `dims` is empty.
pub(crate) fn kept_shape(shape: &[usize], dims: &[isize]) -> Vec<usize> {
    let mut kept = shape.to_vec();
    for (axis, size) in kept.iter_mut().enumerate() {
        let names = [axis as isize, axis as isize - shape.len() as isize];
        if dims.is_empty() || dims.iter().any(|d| names.contains(d)) {
            *size = 1;
        }
    }
    kept
}

/// A sum over axes, or a mean.
pub(super) struct Sum {
    name: &'static str,
    dims: SmallVec<[isize; 4]>,
    keepdim: bool,
    mean: bool,
}

impl Sum {
    pub(super) fn new(name: &'static str, dims: &[isize], keepdim: bool, mean: bool) -> Sum {
        Sum { name, dims: dims.into(), keepdim, mean }
    }
}

impl Op for Sum {
    fn name(&self) -> &'static str {
        self.name
    }

    attributes!(dim: dims, keepdim);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        let (x, dims) = (&x[0], &self.dims);
        if self.mean { x.mean_dim(dims, self.keepdim) } else { x.sum_dim(dims, self.keepdim) }.into()
    }

    /// The gradient is repeated along the axes that were summed.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (dy, shape) = (dy.single(), saved.shape(0));
        let means = dy.value().numel() as f64;
        let dy =
            if self.mean { dy.into_div_scalar(shape.iter().product::<usize>() as f64 / means) } else { dy };
        let dy = if self.keepdim || self.dims.is_empty() {
            dy
        } else {
            dy.reshape(&kept_shape(shape, &self.dims))
        };
        dy.expand(shape).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn sum_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradchecks(|x| x[0].square().sum(), &[x.clone()]);
        gradchecks(|x| x[0].sum_dim(0, false), &[x.clone()]);
        gradchecks(|x| x[0].sum_dim(-1, true), &[x.clone()]);
        gradchecks(|x| x[0].sum_dim([0, 1], false), &[x]);
    }
}
