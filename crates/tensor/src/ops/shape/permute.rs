use crate::layout::Layout;
use crate::{Integers, Shape, Tensor};

impl Tensor {
    /// Axes `a` and `b` swapped. Nothing is copied.
    ///
    /// ```
    /// assert_eq!(tensor::zeros([2, 3, 4]).transpose(0, -1).shape(), [4, 3, 2]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn transpose(&self, a: isize, b: isize) -> Tensor {
        let (a, b) = (self.axis("transpose", a), self.axis("transpose", b));
        let mut layout = self.layout.clone();
        if a != b {
            layout.shape.swap(a, b);
            layout.strides.swap(a, b);
        }
        self.with_layout(layout)
    }

    /// The transpose of a matrix; a tensor of fewer axes is itself. Nothing is copied.
    ///
    /// # Panics
    /// If the tensor has more than two axes.
    #[track_caller]
    pub fn t(&self) -> Tensor {
        assert!(
            self.ndim() <= 2,
            "t: t() expects a tensor with <= 2 dimensions, but self is {}D: {:?}",
            self.ndim(),
            self.shape()
        );
        if self.ndim() < 2 { self.clone() } else { self.transpose(0, 1) }
    }

    /// The axes in another order: axis `i` of the result is axis `dims[i]`. Nothing is copied.
    ///
    /// ```
    /// assert_eq!(tensor::zeros([28, 28, 3]).permute([2, 0, 1]).shape(), [3, 28, 28]);
    /// ```
    ///
    /// # Panics
    /// If `dims` does not name every axis exactly once.
    #[track_caller]
    pub fn permute(&self, dims: impl Integers) -> Tensor {
        self.permuted(&dims.integers())
    }

    #[track_caller]
    fn permuted(&self, dims: &[isize]) -> Tensor {
        assert!(
            dims.len() == self.ndim(),
            "permute: number of dimensions in the tensor input does not match the length of \
             the desired ordering of dimensions i.e. input.dim() = {} is not equal to len(dims) = {}",
            self.ndim(),
            dims.len()
        );
        let axes: Shape = dims.iter().map(|&dim| self.axis("permute", dim)).collect();
        for (i, axis) in axes.iter().enumerate() {
            assert!(!axes[..i].contains(axis), "permute: duplicate dims are not allowed: {dims:?}");
        }
        self.with_layout(Layout {
            shape: axes.iter().map(|&axis| self.layout.shape[axis]).collect(),
            strides: axes.iter().map(|&axis| self.layout.strides[axis]).collect(),
            offset: self.layout.offset,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::{arange, zeros};

    #[test]
    fn elements_follow_their_axes() {
        let x = arange(0, 24, 1).reshape([2, 3, 4]);
        let y = x.permute([-1, 0, 1]);
        assert_eq!(y.shape(), [4, 2, 3]);
        assert_eq!(y.select(0, 1).to_vec::<i64>(), [1, 5, 9, 13, 17, 21]);
        assert_eq!(y.permute([1, 2, 0]).to_vec::<i64>(), x.to_vec::<i64>());
        assert_eq!(x.transpose(1, 1).strides(), x.strides());
    }

    #[test]
    fn fewer_axes_than_two() {
        assert_eq!(zeros(()).t().ndim(), 0);
        assert_eq!(zeros(3).t().shape(), [3]);
        assert_eq!(zeros(()).transpose(0, -1).ndim(), 0);
        assert_eq!(zeros(()).permute(()).ndim(), 0);
    }

    #[test]
    #[should_panic(expected = "t() expects a tensor with <= 2 dimensions, but self is 3D")]
    fn t_is_for_matrices() {
        zeros([2, 3, 4]).t();
    }

    #[test]
    #[should_panic(expected = "permute: duplicate dims are not allowed: [0, 0]")]
    fn an_axis_named_twice() {
        zeros([2, 3]).permute([0, 0]);
    }

    #[test]
    #[should_panic(expected = "out of range (expected to be in range of [-2, 1], but got 5)")]
    fn an_axis_that_is_not_there() {
        zeros([2, 3]).transpose(0, 5);
    }
}
