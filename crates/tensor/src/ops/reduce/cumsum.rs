use crate::error::not_computable;
use crate::ops::positions::about;
use crate::{DType, Num, Tensor};

impl Tensor {
    /// The running sum along `dim`. Integers and `Bool` sum to `I64`, `F32` is
    /// accumulated in `F64`, as in torch.
    ///
    /// ```
    /// assert_eq!(tensor::arange(1, 5, 1).cumsum(0).to_vec::<i64>(), [1, 3, 6, 10]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn cumsum(&self, dim: isize) -> Tensor {
        let axis = self.axis("cumsum", dim);
        let x = if self.dtype().is_float() { self.clone() } else { self.to_dtype(DType::I64) };
        match x.dtype() {
            DType::F32 => running(&x, axis, |x: f32| f64::from(x), |sum| sum as f32),
            DType::F64 => running(&x, axis, |x: f64| x, |sum| sum),
            DType::I64 => running(&x, axis, |x: i64| x, |sum| sum),
            _ => not_computable("cumsum", &x),
        }
    }
}

fn running<T: Num, A: Num>(
    x: &Tensor,
    axis: usize,
    widen: impl Fn(T) -> A,
    narrow: impl Fn(A) -> T,
) -> Tensor {
    let (_, n, inner) = about(x.shape(), axis);
    let data = x.dense::<T>();
    Tensor::build(x.shape(), x.dtype(), |out: &mut [T]| {
        if out.is_empty() {
            return;
        }
        if inner == 1 {
            for (x, out) in data.chunks_exact(n).zip(out.chunks_exact_mut(n)) {
                let mut sum = A::ZERO;
                for (&x, out) in x.iter().zip(out) {
                    sum = sum.add(widen(x));
                    *out = narrow(sum);
                }
            }
            return;
        }
        let mut sums = vec![A::ZERO; inner];
        for (x, out) in data.chunks_exact(n * inner).zip(out.chunks_exact_mut(n * inner)) {
            sums.fill(A::ZERO);
            for (x, out) in x.chunks_exact(inner).zip(out.chunks_exact_mut(inner)) {
                for ((&x, out), sum) in x.iter().zip(out).zip(&mut sums) {
                    *sum = sum.add(widen(x));
                    *out = narrow(*sum);
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange, zeros};

    #[test]
    fn every_axis_and_a_transpose() {
        let x = arange(0, 6, 1).reshape([2, 3]);
        assert_eq!(x.cumsum(0).to_vec::<i64>(), [0, 1, 2, 3, 5, 7]);
        assert_eq!(x.t().cumsum(-1).to_vec::<i64>(), [0, 3, 1, 5, 2, 7]);
        assert_eq!(zeros([0, 2]).cumsum(0).shape(), [0, 2]);
        assert_eq!(zeros(()).cumsum(0).shape(), [0usize; 0]);
        assert_eq!(Tensor::from([true, true]).cumsum(0).to_vec::<i64>(), [1, 2]);
    }
}
