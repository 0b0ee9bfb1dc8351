use crate::dispatch::by_float;
use crate::kernels::map::Map;
use crate::ops::zip::{promoted_three, zip_three};
use crate::{DType, Float, Num, Scalar, Tensor};

impl Tensor {
    /// `x + value·y·z`, as `torch.addcmul`, whose `value` is 1 by default; all are broadcast and promoted.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let (x, y) = (Tensor::from([1.0f32, 2.0]), Tensor::from([3.0f32, 10.0]));
    /// assert_eq!(x.addcmul(&y, &y, 0.5).to_vec::<f32>(), [5.5, 52.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not broadcast, or all are `Bool`.
    #[track_caller]
    pub fn addcmul(&self, y: &Tensor, z: &Tensor, value: impl Into<Scalar>) -> Tensor {
        let (value, dtype) = (value.into(), promoted_three(self, y, z));
        let [x, y, z] = [self, y, z].map(|x| x.to_dtype(dtype));
        assert!(dtype != DType::Bool, "addcmul: not implemented for {dtype} (shape {:?})", self.shape());
        if !dtype.is_float() {
            return x.add(&y.mul(&z).mul(&value.to_tensor(dtype)));
        }
        by_float!("addcmul", &x, T => zip_three("addcmul", &x, &y, &z, Product::<T>(T::from_f64(value.to_f64()))))
    }

    /// `x + value·y/z`, as `torch.addcdiv`, whose `value` is 1 by default; all are broadcast and promoted.
    ///
    /// # Panics
    /// If the shapes do not broadcast, or neither `y` nor `z` holds floats.
    #[track_caller]
    pub fn addcdiv(&self, y: &Tensor, z: &Tensor, value: impl Into<Scalar>) -> Tensor {
        assert!(
            y.dtype.is_float() || z.dtype.is_float(),
            "addcdiv: Integer division with addcdiv is no longer supported; convert one of the two to floats, or \
             divide with div_trunc first ({} and {})",
            y.dtype,
            z.dtype
        );
        let (value, dtype) = (value.into(), promoted_three(self, y, z));
        let [x, y, z] = [self, y, z].map(|x| x.to_dtype(dtype));
        by_float!("addcdiv", &x, T => zip_three("addcdiv", &x, &y, &z, Quotient::<T>(T::from_f64(value.to_f64()))))
    }
}

#[derive(Clone, Copy)]
struct Product<T>(T);

impl<T: Float> Map<(T, T, T), T> for Product<T> {
    #[inline(always)]
    fn f(&self, (x, y, z): (T, T, T)) -> T {
        (self.0 * y).mul_add(z, x)
    }
}

#[derive(Clone, Copy)]
struct Quotient<T>(T);

impl<T: Float> Map<(T, T, T), T> for Quotient<T> {
    #[inline(always)]
    fn f(&self, (x, y, z): (T, T, T)) -> T {
        x + self.0 * y / z
    }
}
