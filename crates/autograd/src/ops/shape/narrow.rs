use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The part of `len` elements from `start` on, along `dim`.
    ///
    /// # Panics
    /// If it reaches outside.
    #[track_caller]
    pub fn narrow(&self, dim: isize, start: isize, len: usize) -> Variable {
        let x = self.data();
        let start = if start < 0 { start + x.size(dim) as isize } else { start };
        apply(Narrow { dim, start, len }, &[self]).single()
    }

    /// Every `step`-th element from `start` up to but without `end`, along `dim`; negative bounds count from
    /// the end, and bounds past it are cut, as in `x[start:end:step]`.
    ///
    /// # Panics
    /// If there is no such axis, or `step` is 0.
    #[track_caller]
    pub fn slice(&self, dim: isize, start: isize, end: isize, step: usize) -> Variable {
        let x = self.data();
        let n = x.size(dim) as isize;
        let start = (if start < 0 { start + n } else { start }).clamp(0, n);
        apply(Slice { dim, start, end, step }, &[self]).single()
    }
}

struct Narrow {
    dim: isize,
    start: isize,
    len: usize,
}

impl Op for Narrow {
    describe!("SliceBackward0", dim, start, length: len);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].narrow(self.dim, self.start, self.len).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        spread(dy.single(), saved.shape(0), self.dim, self.start, 1).into()
    }
}

struct Slice {
    dim: isize,
    start: isize,
    end: isize,
    step: usize,
}

impl Op for Slice {
    describe!("SliceBackward0", dim, start, end, step);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].slice(self.dim, self.start, self.end, self.step).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        spread(dy.single(), saved.shape(0), self.dim, self.start, self.step).into()
    }
}

/// Zeros of `shape` with `dy` where the slice was.
fn spread<V: Differentiable>(dy: V, shape: &[usize], dim: isize, start: isize, step: usize) -> V {
    let (n, start, step) = (dy.value().size(dim) as i64, start as i64, step as i64);
    let index = tensor::arange(start, start + n * step, step);
    V::constant(tensor::zeros_dtype(shape, dy.value().dtype())).index_add(dim, &index, &dy)
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn the_gradient_of_a_part_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradchecks(|x| x[0].narrow(1, 1, 2), &[x.clone()]);
        gradchecks(|x| x[0].narrow(0, -1, 1), &[x.clone()]);
        gradchecks(|x| x[0].slice(1, 0, 3, 2), &[x.clone()]);
        gradchecks(|x| x[0].slice(-1, -2, 100, 1), &[x]);
    }
}
