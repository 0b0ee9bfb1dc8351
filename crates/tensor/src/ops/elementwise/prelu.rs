use crate::dispatch::by_float;
use crate::kernels::map::Map;
use crate::ops::zip::zip;
use crate::{Float, Tensor};

impl Tensor {
    /// `x` where it is positive, else `weight·x`, as `torch.nn.functional.prelu`; `weight` is one number, or
    /// one for each channel, which lie along axis 1.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[-2.0f32, 3.0], [1.0, -4.0]]);
    /// let y = x.prelu(&Tensor::from([0.5f32, 0.25]));
    /// assert_eq!(y.to_vec::<f32>(), [-1.0, 3.0, 1.0, -1.0]);
    /// ```
    ///
    /// # Panics
    /// If there are neither one weight nor as many as channels, or the dtypes differ or are no floats.
    #[track_caller]
    pub fn prelu(&self, weight: &Tensor) -> Tensor {
        assert!(
            self.dtype == weight.dtype,
            "prelu: Type promoting not supported. Got {} and {}",
            self.dtype,
            weight.dtype
        );
        let (n, channels) = (weight.numel(), if self.ndim() > 1 { self.shape()[1] } else { 1 });
        assert!(n == 1 || self.ndim() > 0, "prelu: Not allow zero-dim input tensor.");
        assert!(
            n == 1 || n == channels,
            "prelu: Mismatch of parameter numbers and input channel size. Found parameter numbers = {n} and channel \
             size = {channels}."
        );
        assert!(
            weight.ndim() <= 1,
            "prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {}",
            weight.ndim()
        );
        let mut beside = vec![1; self.ndim()];
        if let Some(channels) = beside.get_mut(1) {
            *channels = n;
        }
        by_float!("prelu", self, T => zip::<T, T>("prelu", self, &weight.reshape(beside), self.dtype, PRelu))
    }
}

#[derive(Clone, Copy)]
struct PRelu;

impl<T: Float> Map<(T, T), T> for PRelu {
    #[inline(always)]
    fn f(&self, (x, weight): (T, T)) -> T {
        if x > T::ZERO { x } else { weight * x }
    }
}

#[cfg(test)]
mod tests {
    use crate::{ones, zeros};

    #[test]
    #[should_panic(expected = "Found parameter numbers = 2 and channel size = 3.")]
    fn there_is_a_weight_for_each_channel() {
        ones([2, 3]).prelu(&zeros([2]));
    }

    #[test]
    #[should_panic(expected = "prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = 2")]
    fn weights_have_one_axis() {
        ones([2, 3]).prelu(&zeros([1, 3]));
    }
}
