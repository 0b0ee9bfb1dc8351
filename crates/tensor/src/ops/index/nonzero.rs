use crate::{DType, Integers, Tensor};

impl Tensor {
    /// The positions of the elements that are not 0, row by row: `I64` of shape `[elements, axes]`, as
    /// `torch.nonzero`.
    ///
    /// ```
    /// let x = tensor::Tensor::from([[0i64, 5], [7, 0]]);
    /// assert_eq!(x.nonzero().to_string(), "tensor([[0, 1],\n        [1, 0]])");
    /// ```
    pub fn nonzero(&self) -> Tensor {
        let truth = self.to_dtype(DType::Bool);
        let places: Vec<usize> =
            truth.dense::<u8>().iter().enumerate().filter(|&(_, &x)| x != 0).map(|(i, _)| i).collect();
        Tensor::build([places.len(), self.ndim()], DType::I64, |out: &mut [i64]| {
            for (&place, out) in places.iter().zip(out.chunks_exact_mut(self.ndim().max(1))) {
                let mut rest = place;
                for (out, &n) in out.iter_mut().zip(self.shape()).rev() {
                    *out = (rest % n) as i64;
                    rest /= n;
                }
            }
        })
    }

    /// The positions of the elements that are not 0, as `torch.argwhere`: [`Tensor::nonzero`] by another
    /// name.
    pub fn argwhere(&self) -> Tensor {
        self.nonzero()
    }

    /// How many elements are not 0, NaN among them, over the axes `dims`, all of them if it is empty, as
    /// `torch.count_nonzero`: `I64`.
    ///
    /// ```
    /// let x = tensor::Tensor::from([[0.0f32, 5.0], [7.0, 1.0]]);
    /// assert_eq!(x.count_nonzero(&[1]).to_vec::<i64>(), [1, 2]);
    /// ```
    ///
    /// # Panics
    /// If `dims` are not axes.
    #[track_caller]
    pub fn count_nonzero(&self, dims: impl Integers) -> Tensor {
        self.count_nonzero_over(&dims.integers())
    }

    #[track_caller]
    fn count_nonzero_over(&self, dims: &[isize]) -> Tensor {
        self.to_dtype(DType::Bool).sum_dim(dims, false)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, zeros};

    #[test]
    fn without_axes_and_without_elements() {
        assert_eq!(Tensor::from(3.0f32).nonzero().shape(), [1, 0]);
        assert_eq!(Tensor::from(0.0f32).argwhere().shape(), [0, 0]);
        assert_eq!(zeros([0, 3]).nonzero().shape(), [0, 2]);
        assert_eq!(Tensor::from([f32::NAN, 0.0]).count_nonzero(()).item(), 1.0);
    }
}
