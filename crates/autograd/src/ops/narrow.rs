use tensor::Tensor;

use crate::{Backward, Grads, Variable};

impl Variable {
    /// The part of `len` elements from `start` on, along `dim`.
    ///
    /// # Panics
    /// If it reaches outside.
    #[track_caller]
    pub fn narrow(&self, dim: isize, start: isize, len: usize) -> Variable {
        let x = self.data();
        let y = x.narrow(dim, start, len);
        let start = if start < 0 { start + x.size(dim) as isize } else { start };
        Variable::from_op(y, &[self], || Slice {
            name: "SliceBackward0",
            shape: x.shape().to_vec(),
            dim,
            start,
            step: 1,
        })
    }

    /// Every `step`-th element from `start` up to but without `end`, along `dim`; negative bounds count from
    /// the end, and bounds past it are cut, as in `x[start:end:step]`.
    ///
    /// # Panics
    /// If there is no such axis, or `step` is 0.
    #[track_caller]
    pub fn slice(&self, dim: isize, start: isize, end: isize, step: usize) -> Variable {
        let x = self.data();
        let y = x.slice(dim, start, end, step);
        let n = x.size(dim) as isize;
        let start = (if start < 0 { start + n } else { start }).clamp(0, n);
        Variable::from_op(y, &[self], || Slice {
            name: "SliceBackward0",
            shape: x.shape().to_vec(),
            dim,
            start,
            step,
        })
    }
}

/// The derivative of a part of an axis.
pub(crate) struct Slice {
    pub(crate) name: &'static str,
    pub(crate) shape: Vec<usize>,
    pub(crate) dim: isize,
    pub(crate) start: isize,
    pub(crate) step: usize,
}

impl Backward for Slice {
    fn name(&self) -> &'static str {
        self.name
    }

    fn saves_tensors(&self, _: &[bool]) -> bool {
        false
    }

    /// Zeros with `dy` where the slice was.
    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        let n = dy.size(self.dim) as i64;
        let (start, step) = (self.start as i64, self.step as i64);
        let index = tensor::arange(start, start + n * step, step);
        let dx = tensor::zeros_dtype(&self.shape[..], dy.dtype()).index_add(self.dim, &index, &dy);
        Grads::from_elem(Some(dx), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn the_gradient_of_a_part_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradcheck(|x| x[0].narrow(1, 1, 2), &[x.clone()]);
        gradcheck(|x| x[0].narrow(0, -1, 1), &[x.clone()]);
        gradcheck(|x| x[0].slice(1, 0, 3, 2), &[x.clone()]);
        gradcheck(|x| x[0].slice(-1, -2, 100, 1), &[x]);
    }
}
