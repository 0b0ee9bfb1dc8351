use super::{Elementwise, Number, Reads};
use crate::kernels::map::Map;
use crate::{DType, Float, Tensor, Value};

impl Tensor {
    /// `x` with other numbers in place of NaN and the infinities, as `torch.nan_to_num`; without one, 0 and
    /// the largest and the lowest number of the dtype. Integers stay what they are.
    ///
    /// ```
    /// let x = tensor::Tensor::from([f32::NAN, f32::INFINITY, 1.0]);
    /// assert_eq!(x.nan_to_num(None, Some(9.0), None).to_vec::<f32>(), [0.0, 9.0, 1.0]);
    /// ```
    #[track_caller]
    pub fn nan_to_num(&self, nan: Option<f64>, posinf: Option<f64>, neginf: Option<f64>) -> Tensor {
        NanToNum { nan, posinf, neginf }.value(self)
    }
}

/// [`Tensor::nan_to_num`] as a value.
#[derive(Clone, Copy, Debug)]
pub struct NanToNum {
    /// In place of NaN.
    pub nan: Option<f64>,
    /// In place of ∞.
    pub posinf: Option<f64>,
    /// In place of −∞.
    pub neginf: Option<f64>,
}

impl<T: Float> Map<T> for NanToNum {
    #[inline(always)]
    fn f(&self, x: T) -> T {
        let given = |y: Option<f64>, default: T| y.map_or(default, T::from_f64);
        if x.is_nan() {
            given(self.nan, T::ZERO)
        } else if x == T::HIGHEST {
            given(self.posinf, T::MAX)
        } else if x == T::LOWEST {
            given(self.neginf, -T::MAX)
        } else {
            x
        }
    }
}

impl Elementwise for NanToNum {
    const NODE: &'static str = "NanToNumBackward0";
    const READS: Reads = Reads::Input;
    const FUSED: bool = false;

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        let given = [("nan", self.nan), ("posinf", self.posinf), ("neginf", self.neginf)];
        given.into_iter().filter_map(|(name, y)| Some((name, y?.into()))).collect()
    }

    #[track_caller]
    fn value(&self, x: &Tensor) -> Tensor {
        if x.dtype == DType::Bool || x.dtype.is_integer() {
            return x.clone();
        }
        x.map_as("nan_to_num", *self)
    }

    /// `dy` where the number stayed; 0·dy elsewhere, which is NaN for an infinite one, as in torch.
    fn gradient<N: Number>(&self, dy: N, x: N) -> N {
        let finite = N::select(
            x.lt(f64::INFINITY),
            N::select(x.gt(f64::NEG_INFINITY), x.like(1.0), x.like(0.0)),
            x.like(0.0),
        );
        dy * finite
    }
}
