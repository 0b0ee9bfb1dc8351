//! Conversions: between dtypes, and to and from Rust's arrays and `ndarray`'s.

use ndarray::{Array, ArrayD, Dimension, IxDyn};

use crate::dispatch::by_element;
use crate::kernels::number::Cast;
use crate::{DType, Element, Scalar, Tensor};

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

    /// A copy as an `ndarray` array, the twin of torch's `.numpy()`.
    ///
    /// # Panics
    /// If `T` is not the tensor's type.
    #[doc(alias = "numpy")]
    #[track_caller]
    pub fn to_ndarray<T: Element>(&self) -> ArrayD<T> {
        ArrayD::from_shape_vec(IxDyn(self.shape()), self.to_vec()).expect("as many elements as the shape has")
    }
}

impl<T: Element> From<Vec<T>> for Tensor {
    fn from(data: Vec<T>) -> Tensor {
        let n = data.len();
        Tensor::from_vec(data, n)
    }
}

impl<T: Element> From<&[T]> for Tensor {
    fn from(data: &[T]) -> Tensor {
        Tensor::from_slice(data, data.len())
    }
}

impl<T: Element, const N: usize> From<[T; N]> for Tensor {
    fn from(data: [T; N]) -> Tensor {
        Tensor::from_slice(&data, N)
    }
}

impl<T: Element, const N: usize, const M: usize> From<[[T; M]; N]> for Tensor {
    fn from(data: [[T; M]; N]) -> Tensor {
        Tensor::from_slice(data.as_flattened(), [N, M])
    }
}

impl<T: Element, const N: usize, const M: usize, const L: usize> From<[[[T; L]; M]; N]> for Tensor {
    fn from(data: [[[T; L]; M]; N]) -> Tensor {
        Tensor::from_slice(data.as_flattened().as_flattened(), [N, M, L])
    }
}

impl<T: Element, const N: usize, const M: usize, const L: usize, const K: usize> From<[[[[T; K]; L]; M]; N]>
    for Tensor
{
    fn from(data: [[[[T; K]; L]; M]; N]) -> Tensor {
        Tensor::from_slice(data.as_flattened().as_flattened().as_flattened(), [N, M, L, K])
    }
}

impl<T: Element, D: Dimension> From<Array<T, D>> for Tensor {
    /// Takes the values of an `ndarray` array, the twin of `torch.from_numpy`. The memory is not shared.
    fn from(array: Array<T, D>) -> Tensor {
        let shape = array.shape().to_vec();
        Tensor::from_vec(array.into_iter().collect(), shape)
    }
}

impl From<&Tensor> for Tensor {
    /// A clone, which shares the memory: a function that takes `impl Into<Tensor>` takes a borrowed one, too.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([1.0f32, 2.0]);
    /// assert_eq!(Tensor::from(&x).to_vec::<f32>(), [1.0, 2.0]);
    /// ```
    fn from(x: &Tensor) -> Tensor {
        x.clone()
    }
}

impl From<Scalar> for Tensor {
    fn from(x: Scalar) -> Tensor {
        match x {
            Scalar::Float(x) => Tensor::from(x as f32),
            Scalar::Int(x) => Tensor::from(x),
            Scalar::Bool(x) => Tensor::from(x),
        }
    }
}

impl<T: Element> From<T> for Tensor {
    /// A tensor of one element and no axes.
    fn from(x: T) -> Tensor {
        Tensor::from_slice(&[x], ())
    }
}
