use crate::layout::Layout;
use crate::{Shape, Tensor};

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
    /// assert_eq!(tensor::zeros([28, 28, 3]).permute(&[2, 0, 1]).shape(), [3, 28, 28]);
    /// ```
    ///
    /// # Panics
    /// If `dims` does not name every axis exactly once.
    #[track_caller]
    pub fn permute(&self, dims: &[isize]) -> Tensor {
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
