//! Conversions: between dtypes, to and from Rust's arrays and `ndarray`'s, and by `serde`.

mod arrays;
mod serialized;

pub use arrays::ArrayError;

use ndarray::{ArrayD, IxDyn};

use crate::dispatch::by_element;
use crate::kernels::number::Cast;
use crate::{DType, Element, Tensor};

impl Tensor {
    /// The same values as another dtype, as torch's `.to(dtype)`: floats are cut towards zero on the way to
    /// integers, integers wrap around, anything but 0 is true, and itself is returned if the dtype is the
    /// same. What no integer type holds (NaN, 1e30) becomes what torch makes of it on x86-64: the least
    /// `I64`, the least `I32`, 0 in anything narrower.
    ///
    /// ```
    /// use tensor::{DType, Tensor};
    /// let x = Tensor::from([-1.7f32, 0.0, 2.5]);
    /// assert_eq!(x.to_dtype(DType::I64).to_vec::<i64>(), [-1, 0, 2]);
    /// assert_eq!(x.to_dtype(DType::Bool).to_vec::<bool>(), [true, false, true]);
    /// ```
    #[doc(alias = "float")]
    #[doc(alias = "double")]
    #[doc(alias = "long")]
    #[doc(alias = "half")]
    #[doc(alias = "to_f32")]
    #[doc(alias = "to_f64")]
    pub fn to_dtype(&self, dtype: DType) -> Tensor {
        if dtype == self.dtype {
            return self.clone();
        }
        by_element!(self.dtype, A => by_element!(dtype, B => {
            self.map_with::<<A as Element>::Repr, <B as Element>::Repr>(dtype, |x| {
                Cast::<B>::cast(A::from_repr(x)).into_repr()
            })
        }))
    }

    /// A copy as an `ndarray` array, the twin of torch's `.numpy()`. One whose number of axes is known comes
    /// by `Array2::try_from(&x)`.
    ///
    /// # Panics
    /// If `T` is not the tensor's type.
    #[doc(alias = "numpy")]
    #[track_caller]
    pub fn to_ndarray<T: Element>(&self) -> ArrayD<T> {
        ArrayD::from_shape_vec(IxDyn(self.shape()), self.to_vec()).expect("as many elements as the shape has")
    }
}
