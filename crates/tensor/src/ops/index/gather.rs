use crate::dispatch::by_size;
use crate::error::shape_mismatch;
use crate::ops::positions::positions;
use crate::{Shape, Tensor};

impl Tensor {
    /// One element per element of `index`, picked along `dim`, as `torch.gather`:
    /// `y[i, j] = x[i, index[i, j]]` for `dim = 1`. The result has `index`'s shape.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[1i64, 2, 3], [4, 5, 6]]);
    /// assert_eq!(x.gather(1, &Tensor::from([[2i64], [0]])).to_vec::<i64>(), [3, 4]);
    /// ```
    ///
    /// # Panics
    /// If `index` is neither `I64` nor `I32`, has another number of axes, is longer than `self` along an axis
    /// other than `dim`, or reaches outside the axis.
    #[track_caller]
    pub fn gather(&self, dim: isize, index: &Tensor) -> Tensor {
        let axis = self.axis("gather", dim);
        let at = Lookup::new("gather", self, axis, index);
        by_size!(self.dtype(), R => {
            let x = self.dense::<R>();
            Tensor::build(index.shape(), self.dtype(), |out: &mut [R]| at.for_each(|i, from| out[i] = x[from]))
        })
    }
}

/// For every element of an index tensor, the place it names in a row-major tensor of another shape.
pub(crate) struct Lookup {
    index: Vec<usize>,
    shape: Shape,
    strides: Shape,
    axis: usize,
}

impl Lookup {
    #[track_caller]
    pub(crate) fn new(op: &str, x: &Tensor, axis: usize, index: &Tensor) -> Lookup {
        // A tensor without axes counts as one of a single element.
        let one = |shape: &[usize]| if shape.is_empty() { Shape::from(1) } else { Shape::from(shape) };
        let (shape, full) = (one(index.shape()), one(x.shape()));
        if index.numel() > 0 {
            if shape.len() != full.len() {
                shape_mismatch(
                    op,
                    "index tensor must have the same number of dimensions as input tensor",
                    index,
                    x,
                );
            }
            if (0..shape.len()).any(|other| other != axis && shape[other] > full[other]) {
                let why = format!("size of index does not fit in self apart from dimension {axis}");
                shape_mismatch(op, &why, index, x);
            }
        }
        let size = full.get(axis).copied().unwrap_or(1);
        // As in torch, an index without elements may be of any dtype.
        let index = if index.numel() == 0 { Vec::new() } else { positions(op, index, axis, size) };
        Lookup { index, shape, strides: full.row_major_strides(), axis }
    }

    /// Calls `f(i, at)` for every element `i` of the index, in order, with the place `at` that it names.
    pub(crate) fn for_each(&self, mut f: impl FnMut(usize, usize)) {
        let mut coordinate = self.shape.clone();
        coordinate.fill(0);
        let mut base = 0; // of everything but the axis
        for (i, &at) in self.index.iter().enumerate() {
            f(i, base + at * self.strides[self.axis]);
            for d in (0..self.shape.len()).rev() {
                let stride = if d == self.axis { 0 } else { self.strides[d] };
                coordinate[d] += 1;
                base += stride;
                if coordinate[d] < self.shape[d] {
                    break;
                }
                base -= stride * coordinate[d];
                coordinate[d] = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange, zeros};

    #[test]
    fn one_score_for_each_row() {
        let scores = arange(0, 6, 1).reshape([3, 2]).t();
        let target = Tensor::from([2i64, 0]).unsqueeze(1);
        assert_eq!(scores.gather(1, &target).to_vec::<i64>(), [4, 1]);
    }

    #[test]
    fn an_index_smaller_than_the_tensor() {
        let x = arange(0, 24, 1).reshape([2, 3, 4]);
        let index = Tensor::from([[[1i64, 0], [0, 1]]]);
        assert_eq!(x.gather(0, &index).to_vec::<i64>(), [12, 1, 4, 17]);
    }

    #[test]
    fn nothing_and_single_elements() {
        let none = Tensor::from_vec(Vec::<i64>::new(), [0, 2]);
        assert_eq!(zeros([3, 2]).gather(0, &none).shape(), [0, 2]);
        assert_eq!(Tensor::from(7i64).gather(0, &Tensor::from([0i64, 0])).to_vec::<i64>(), [7, 7]);
    }

    #[test]
    #[should_panic(expected = "gather: index 5 is out of bounds for dimension 1 with size 3")]
    fn a_position_outside() {
        zeros([2, 3]).gather(1, &Tensor::from([[5i64]]));
    }

    #[test]
    #[should_panic(
        expected = "gather: index tensor must have the same number of dimensions as input tensor: [1] and [2, 3]"
    )]
    fn axes_correspond() {
        zeros([2, 3]).gather(1, &Tensor::from([0i64]));
    }

    #[test]
    #[should_panic(
        expected = "gather: size of index does not fit in self apart from dimension 1: [3, 1] and [2, 3]"
    )]
    fn an_index_with_too_many_rows() {
        zeros([2, 3]).gather(1, &Tensor::from([[0i64], [0], [0]]));
    }
}
