use crate::dispatch::by_size;
use crate::ops::zip::{broadcast_shape, promote};
use crate::{DType, Tensor};

impl Tensor {
    /// `a` where this tensor is true, `b` elsewhere, as `torch.where(condition, a, b)`. The three are
    /// broadcast, and `a` and `b` promoted to a common dtype.
    ///
    /// ```
    /// use tensor::{Tensor, zeros};
    /// let x = Tensor::from([-1.0f32, 2.0]);
    /// assert_eq!(x.gt(&zeros(())).where_(&x, &zeros(())).to_vec::<f32>(), [0.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// If this tensor is neither `Bool` nor `U8` (true unless 0), or the shapes do not broadcast.
    #[track_caller]
    pub fn where_(&self, a: &Tensor, b: &Tensor) -> Tensor {
        assert!(
            matches!(self.dtype(), DType::Bool | DType::U8),
            "where: expected condition to be a boolean tensor, but got a tensor with dtype {}",
            self.dtype()
        );
        let (a, b) = promote(a, b);
        let both = broadcast_shape("where", &a, &b);
        let (a, b) = (a.expand(&both), b.expand(&both));
        let shape = broadcast_shape("where", self, &a);
        let (condition, a, b) = (self.repeated(&shape), a.repeated(&shape), b.repeated(&shape));
        by_size!(a.dtype(), R => Tensor::build(shape, a.dtype(), |out: &mut [R]| {
            let (c, a, b) = (condition.dense::<u8>(), a.dense::<R>(), b.dense::<R>());
            for (((out, &c), &a), &b) in out.iter_mut().zip(c.iter()).zip(a.iter()).zip(b.iter()) {
                *out = if c != 0 { a } else { b };
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use crate::{DType, Tensor, arange, ones, zeros};

    #[test]
    fn all_three_broadcast() {
        let condition = Tensor::from([[true], [false]]);
        let y = condition.where_(&arange(0, 3, 1), &Tensor::from(-1i64));
        assert_eq!(y.shape(), [2, 3]);
        assert_eq!(y.to_vec::<i64>(), [0, 1, 2, -1, -1, -1]);
    }

    #[test]
    fn dtypes_promote() {
        let condition = Tensor::from([true, false]);
        assert_eq!(condition.where_(&arange(0, 2, 1), &ones([2])).to_vec::<f32>(), [0.0, 1.0]);
        assert_eq!(condition.where_(&ones([2]), &Tensor::from(0.0f64)).dtype(), DType::F32);
    }

    #[test]
    fn a_nan_that_is_not_chosen_does_not_show() {
        let y = Tensor::from([false]).where_(&Tensor::from([f32::NAN]), &zeros([1]));
        assert_eq!(y.item(), 0.0);
    }

    #[test]
    fn a_byte_is_true_unless_0() {
        let y = Tensor::from([0u8, 2, 1]).where_(&arange(0, 3, 1), &Tensor::from(-1i64));
        assert_eq!(y.to_vec::<i64>(), [-1, 1, 2]);
    }

    #[test]
    fn transposed_operands() {
        let x = arange(0, 4, 1).reshape([2, 2]);
        let y = Tensor::from([[true, true], [false, false]]).where_(&x.t(), &x);
        assert_eq!(y.to_vec::<i64>(), [0, 2, 2, 3]);
    }

    #[test]
    #[should_panic(expected = "where: expected condition to be a boolean tensor")]
    fn the_condition_is_bool() {
        ones([1]).where_(&ones([1]), &ones([1]));
    }
}
