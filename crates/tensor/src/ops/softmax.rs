use crate::dispatch::by_float;
use crate::kernels::parallel::{GRAIN, for_each_chunk_mut};
use crate::{Float, Num, Tensor};

impl Tensor {
    /// `exp(xᵢ) / Σⱼ exp(xⱼ)` along `dim`. The largest element is taken off first, so nothing overflows.
    ///
    /// ```
    /// let y = tensor::Tensor::from([0.0f32, 0.0, 2.0f32.ln()]).softmax(-1);
    /// assert_eq!(y.to_vec::<f32>(), [0.25, 0.25, 0.5]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, or the dtype is not a float.
    #[track_caller]
    pub fn softmax(&self, dim: isize) -> Tensor {
        by_float!("softmax", self, T => along_rows(self, self.axis("softmax", dim), |x, y: &mut [T]| {
            let max = highest(x);
            let mut sum = T::ZERO;
            for (y, &x) in y.iter_mut().zip(x) {
                *y = (x - max).exp();
                sum += *y;
            }
            y.iter_mut().for_each(|y| *y /= sum);
        }))
    }

    /// `xᵢ − log Σⱼ exp(xⱼ)` along `dim`: the logarithm of [`Tensor::softmax`], exact where that underflows.
    ///
    /// ```
    /// let y = tensor::Tensor::from([1000.0f32, 0.0]).log_softmax(0);
    /// assert_eq!(y.to_vec::<f32>(), [0.0, -1000.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, or the dtype is not a float.
    #[track_caller]
    pub fn log_softmax(&self, dim: isize) -> Tensor {
        by_float!("log_softmax", self, T => along_rows(self, self.axis("log_softmax", dim), |x, y: &mut [T]| {
            let max = highest(x);
            let mut sum = T::ZERO;
            for &x in x {
                sum += (x - max).exp();
            }
            let shift = sum.ln();
            for (y, &x) in y.iter_mut().zip(x) {
                *y = x - max - shift;
            }
        }))
    }
}

fn highest<T: Float>(x: &[T]) -> T {
    x.iter().fold(T::LOWEST, |max, &x| Float::maximum(max, x))
}

/// `f(x, y)` for every row of `x` along `axis` and the row of the result that belongs to it.
fn along_rows<T: Float>(x: &Tensor, axis: usize, f: impl Fn(&[T], &mut [T]) + Sync) -> Tensor {
    if axis + 1 < x.ndim() {
        let (axis, last) = (axis as isize, x.ndim() as isize - 1);
        return along_rows(&x.transpose(axis, last), last as usize, f).transpose(axis, last).contiguous();
    }
    let n = x.shape().last().copied().unwrap_or(1);
    let data = x.dense::<T>();
    Tensor::build(x.shape(), x.dtype(), |out| {
        if n == 0 {
            return;
        }
        for_each_chunk_mut(out, GRAIN.div_ceil(n) * n, |start, out| {
            for (x, y) in data[start..].chunks_exact(n).zip(out.chunks_exact_mut(n)) {
                f(x, y);
            }
        });
    })
}
