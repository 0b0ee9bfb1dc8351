use smallvec::SmallVec;

use crate::dispatch::by_size;
use crate::ops::axes::named_axes;
use crate::{Integers, Tensor};

impl Tensor {
    /// The elements in opposite order along each of the axes `dims`, as `torch.flip`; the shape stays.
    /// Negative axes count from the end, and no axes leave the tensor as it is.
    ///
    /// ```
    /// let x = tensor::Tensor::from([[1i64, 2, 3], [4, 5, 6]]);
    /// assert_eq!(x.flip(-1).to_vec::<i64>(), [3, 2, 1, 6, 5, 4]);
    /// assert_eq!(x.flip([0, -1]).to_vec::<i64>(), [6, 5, 4, 3, 2, 1]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis (`dimension out of range`), or if one is named twice
    /// (`dim 0 appears multiple times in the list of dims`).
    #[track_caller]
    pub fn flip(&self, dims: impl Integers) -> Tensor {
        self.flipped(&dims.integers())
    }

    #[track_caller]
    fn flipped(&self, dims: &[isize]) -> Tensor {
        let flipped = named_axes("flip", dims, self.ndim());
        if self.numel() == 0 {
            return self.clone();
        }
        // Neighbours that are both flipped, or both not, are one axis; axes of one element are none.
        let mut axes: SmallVec<[Axis; 6]> = SmallVec::new();
        for (&size, &flipped) in self.shape().iter().zip(flipped.iter()).filter(|&(&size, _)| size != 1) {
            let flipped = flipped == 1;
            match axes.last_mut() {
                Some(axis) if axis.flipped == flipped => axis.size *= size,
                _ => axes.push(Axis { size, flipped }),
            }
        }
        if !axes.iter().any(|axis| axis.flipped) {
            return self.clone();
        }
        by_size!(self.dtype(), R => {
            let x = self.dense::<R>();
            Tensor::build(self.shape(), self.dtype(), |out: &mut [R]| copy(&axes, &x, out))
        })
    }
}

struct Axis {
    size: usize,
    flipped: bool,
}

/// Writes `x`, which lies row by row along `axes`, to `y`.
fn copy<R: Copy>(axes: &[Axis], x: &[R], y: &mut [R]) {
    match axes {
        [] | [Axis { flipped: false, .. }] => y.copy_from_slice(x),
        [Axis { flipped: true, .. }] => y.iter_mut().zip(x.iter().rev()).for_each(|(y, &x)| *y = x),
        [axis, inner @ ..] => {
            let len = x.len() / axis.size;
            let (x, y) = (x.chunks_exact(len), y.chunks_exact_mut(len));
            if axis.flipped {
                x.rev().zip(y).for_each(|(x, y)| copy(inner, x, y));
            } else {
                x.zip(y).for_each(|(x, y)| copy(inner, x, y));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{DType, Tensor, arange, zeros};

    /// The same by index arithmetic alone.
    fn plain_flip(x: &Tensor, dims: &[isize]) -> Vec<i64> {
        let (shape, data) = (x.shape(), x.to_vec::<i64>());
        let source = |i: usize| {
            let (mut rest, mut from, mut step) = (i, 0, 1);
            for axis in (0..shape.len()).rev() {
                let at = rest % shape[axis];
                let at = if dims.contains(&(axis as isize)) { shape[axis] - 1 - at } else { at };
                (rest, from, step) = (rest / shape[axis], from + at * step, step * shape[axis]);
            }
            from
        };
        (0..data.len()).map(|i| data[source(i)]).collect()
    }

    #[test]
    fn every_set_of_axes_of_every_layout() {
        let x = arange(0, 120, 1).reshape([2, 3, 4, 5]);
        let layouts = [
            x.clone(),
            x.permute([3, 1, 0, 2]),
            x.slice(3, 1, 5, 2),
            x.narrow(1, 1, 1),
            x.select(0, 1).expand([2, 3, 4, 5]),
        ];
        for x in &layouts {
            for set in 0..16 {
                let dims: Vec<isize> = (0..4).filter(|axis| set >> axis & 1 == 1).collect();
                let y = x.flip(&dims);
                assert_eq!(y.shape(), x.shape());
                assert_eq!(y.to_vec::<i64>(), plain_flip(x, &dims), "{:?} along {dims:?}", x.strides());
                assert_eq!(y.flip(&dims).to_vec::<i64>(), x.to_vec::<i64>());
            }
        }
    }

    #[test]
    fn every_dtype() {
        for dtype in DType::ALL {
            let x = Tensor::from([1i64, 0, 0]).to_dtype(dtype).flip(0);
            assert_eq!((x.dtype(), x.to_dtype(DType::I64).to_vec::<i64>()), (dtype, vec![0, 0, 1]));
        }
    }

    #[test]
    fn nothing_and_single_elements() {
        assert_eq!(zeros([2, 0, 3]).flip([0, 1]).shape(), [2, 0, 3]);
        assert_eq!(zeros(()).flip(-1).ndim(), 0);
        assert_eq!(zeros(()).flip(()).ndim(), 0);
        assert_eq!(zeros([1, 1]).flip(1).shape(), [1, 1]);
    }

    #[test]
    #[should_panic(expected = "flip: dim 0 appears multiple times in the list of dims")]
    fn an_axis_named_twice() {
        zeros([2, 3]).flip([0, -2]);
    }

    #[test]
    #[should_panic(expected = "flip: dim 0 appears multiple times in the list of dims")]
    fn the_axis_of_a_scalar_named_twice() {
        zeros(()).flip([0, -1]);
    }

    #[test]
    #[should_panic(expected = "flip: dimension out of range (expected to be in range of [-2, 1], but got 2)")]
    fn an_axis_that_is_not_there() {
        zeros([2, 3]).flip(2);
    }
}
