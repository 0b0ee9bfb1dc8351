use crate::dispatch::by_size;
use crate::error::dtype_mismatch;
use crate::ops::zip::broadcast_shape;
use crate::{DType, Scalar, Tensor};

impl Tensor {
    /// `value` where `mask` is true, this tensor's element elsewhere; the two are broadcast, as
    /// `torch.masked_fill`. The dtype stays, and `value` is converted to it.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let scores = Tensor::from([1.0f32, 2.0, 3.0]);
    /// let y = scores.masked_fill(&Tensor::from([false, true, false]), f64::NEG_INFINITY);
    /// assert_eq!(y.to_vec::<f32>(), [1.0, f32::NEG_INFINITY, 3.0]);
    /// ```
    ///
    /// # Panics
    /// If `mask` is not `Bool`, the shapes do not broadcast, or the dtype cannot hold `value`.
    #[track_caller]
    pub fn masked_fill(&self, mask: &Tensor, value: impl Into<Scalar>) -> Tensor {
        assert!(
            mask.dtype() == DType::Bool,
            "masked_fill: masked_fill only supports boolean masks, but got mask with dtype {}",
            mask.dtype()
        );
        mask.where_(&value.into().to_stored("masked_fill", self.dtype()), self)
    }

    /// The elements where `mask` is true, in one row, as `torch.masked_select`; the two are broadcast.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[1i64, 2], [3, 4]]);
    /// assert_eq!(x.masked_select(&Tensor::from([true, false])).to_vec::<i64>(), [1, 3]);
    /// ```
    ///
    /// # Panics
    /// If `mask` is not `Bool`, or the shapes do not broadcast.
    #[track_caller]
    pub fn masked_select(&self, mask: &Tensor) -> Tensor {
        assert!(
            mask.dtype() == DType::Bool,
            "masked_select: expected BoolTensor for mask, got {}",
            mask.dtype()
        );
        let shape = broadcast_shape("masked_select", self, mask);
        let (x, mask) = (self.expand(&shape), mask.expand(&shape));
        let mask = mask.dense::<u8>();
        let n = mask.iter().filter(|&&m| m != 0).count();
        by_size!(self.dtype(), R => {
            let x = x.dense::<R>();
            Tensor::build(n, self.dtype(), |out: &mut [R]| {
                let chosen = x.iter().zip(mask.iter()).filter(|&(_, &m)| m != 0);
                for (out, (&x, _)) in out.iter_mut().zip(chosen) {
                    *out = x;
                }
            })
        })
    }
}

impl Tensor {
    /// A copy with the elements of `source`, in their order, where `mask` is true, as `torch.masked_scatter`;
    /// the mask is broadcast with this tensor. What is left of `source` is not used.
    ///
    /// ```
    /// use tensor::{Tensor, zeros};
    /// let mask = Tensor::from([[false, true], [true, false]]);
    /// let y = zeros(2).masked_scatter(&mask, &Tensor::from([5.0f32, 6.0, 7.0]));
    /// assert_eq!(y.to_vec::<f32>(), [0.0, 5.0, 6.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If `mask` is not `Bool`, the dtypes differ, the shapes do not broadcast, or `source` has too few
    /// elements.
    #[track_caller]
    pub fn masked_scatter(&self, mask: &Tensor, source: &Tensor) -> Tensor {
        let dtype = mask.dtype();
        assert!(
            dtype == DType::Bool,
            "masked_scatter: masked_scatter_ only supports boolean masks, but got mask with dtype {dtype}"
        );
        if self.dtype() != source.dtype() {
            dtype_mismatch("masked_scatter", self, source);
        }
        let shape = broadcast_shape("masked_scatter", self, mask);
        let mut y = self.expand(&shape);
        let mask = mask.expand(&shape);
        let mask = mask.dense::<u8>();
        let (given, needed) = (source.numel(), mask.iter().filter(|&&m| m != 0).count());
        assert!(
            needed <= given,
            "masked_scatter: Number of elements of source < number of ones in mask: {given} and {needed}"
        );
        by_size!(self.dtype(), R => {
            let places = y.slice_mut::<R>().iter_mut().zip(mask.iter()).filter(|&(_, &m)| m != 0);
            places.zip(source.dense::<R>().iter()).for_each(|((y, _), &x)| *y = x);
        });
        y
    }
}

#[cfg(test)]
mod tests {
    use crate::{DType, Tensor, arange, zeros};

    #[test]
    fn the_mask_may_be_larger_than_the_tensor() {
        let mask = Tensor::from([[true, false], [false, true]]);
        assert_eq!(zeros([2]).masked_fill(&mask, 1).to_vec::<f32>(), [1.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn the_dtype_stays() {
        let y = arange(0, 2, 1).masked_fill(&Tensor::from([true, false]), 1.5);
        assert_eq!((y.dtype(), y.to_vec::<i64>()), (DType::I64, vec![1, 1]));
    }

    #[test]
    fn a_transposed_tensor_gives_its_elements_in_its_own_order() {
        let x = arange(0, 6, 1).reshape([2, 3]);
        assert_eq!(
            x.t().masked_select(&Tensor::from([[true], [false], [true]])).to_vec::<i64>(),
            [0, 3, 2, 5]
        );
    }

    #[test]
    #[should_panic(expected = "only supports boolean masks, but got mask with dtype torch.float32")]
    fn a_mask_is_bool() {
        zeros([2]).masked_fill(&zeros([2]), 1);
    }
}
