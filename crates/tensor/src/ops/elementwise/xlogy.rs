use crate::kernels::map::Map;
use crate::{Float, Tensor};

impl Tensor {
    /// `x·ln y`, and 0 where `x` is 0 and `y` is not NaN, with broadcasting, as `torch.xlogy`.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let (x, y) = (Tensor::from([0.0f32, 2.0]), Tensor::from([0.0f32, 1.0]));
    /// assert_eq!(x.xlogy(&y).to_vec::<f32>(), [0.0, 0.0]);
    /// ```
    ///
    /// Of integers the result is `F32`.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn xlogy(&self, y: &Tensor) -> Tensor {
        self.zip_map(y, XLogY)
    }
}

#[derive(Clone, Copy)]
struct XLogY;

impl<T: Float> Map<(T, T), T> for XLogY {
    #[inline(always)]
    fn f(&self, (x, y): (T, T)) -> T {
        let product = x * y.ln();
        if y.is_nan() {
            y
        } else if x == T::ZERO {
            T::ZERO
        } else {
            product
        }
    }
}
