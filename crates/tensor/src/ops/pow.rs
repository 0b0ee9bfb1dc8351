use super::map::Map;
use super::zip::Map2;
use crate::{Float, Tensor};

impl Tensor {
    /// `xᵖ`, elementwise; integers become `F32` first. Squares, cubes, roots and reciprocals take their exact
    /// short ways, as in torch.
    ///
    /// ```
    /// let x = tensor::Tensor::from([1.0f32, 2.0, 3.0]);
    /// assert_eq!(x.powf(2.0).to_vec::<f32>(), [1.0, 4.0, 9.0]);
    /// ```
    #[track_caller]
    pub fn powf(&self, p: f64) -> Tensor {
        self.map(PowF(p))
    }

    /// `xʸ`, elementwise, with broadcasting.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn pow(&self, y: &Tensor) -> Tensor {
        self.zip_map(y, Pow)
    }
}

#[derive(Clone, Copy)]
struct PowF(f64);

impl Map for PowF {
    #[inline(always)]
    fn f<T: Float>(self, x: T) -> T {
        match self.0 {
            2.0 => x * x,
            3.0 => x * x * x,
            1.0 => x,
            0.5 => x.sqrt(),
            -0.5 => T::ONE / x.sqrt(),
            -1.0 => T::ONE / x,
            -2.0 => T::ONE / (x * x),
            p => x.powf(T::from_f64(p)),
        }
    }
}

#[derive(Clone, Copy)]
struct Pow;

impl Map2 for Pow {
    #[inline(always)]
    fn f<T: Float>(self, x: T, y: T) -> T {
        x.powf(y)
    }
}
