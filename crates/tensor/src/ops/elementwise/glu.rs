use super::function::refused;
use crate::Tensor;

impl Tensor {
    /// The gated linear unit `a·σ(b)` of the two halves `a` and `b` along `dim` (Dauphin et al., *Language
    /// modeling with gated convolutional networks*, 2017), as `torch.nn.functional.glu`.
    ///
    /// ```
    /// let x = tensor::Tensor::from([4.0f32, 6.0, 0.0, 100.0]);
    /// assert_eq!(x.glu(-1).to_vec::<f32>(), [2.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, its size is odd, or the dtype is not a float.
    #[track_caller]
    pub fn glu(&self, dim: isize) -> Tensor {
        assert!(self.ndim() > 0, "glu: does not support scalars because halving size must be even");
        let axis = self.axis("glu", dim);
        let n = self.shape()[axis];
        assert!(n.is_multiple_of(2), "glu: Halving dimension must be even, but dimension {axis} is size {n}");
        if !self.dtype.has_functions() {
            return refused("glu", self);
        }
        let [a, b] = [0, n / 2].map(|start| self.narrow(dim, start as isize, n / 2));
        b.sigmoid().into_mul(&a)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, ones};

    #[test]
    #[should_panic(expected = "glu: Halving dimension must be even, but dimension 1 is size 3")]
    fn an_odd_axis_has_no_halves() {
        ones([2, 3]).glu(-1);
    }

    #[test]
    #[should_panic(expected = "glu: does not support scalars because halving size must be even")]
    fn one_number_has_no_halves() {
        Tensor::from(1.0f32).glu(-1);
    }
}
