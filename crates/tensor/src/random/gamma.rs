//! Draws from the gamma distribution, and from Dirichlet's, which is made of it.

use crate::dispatch::by_float;
use crate::generator::with_default_generator;
use crate::{DType, Float, Generator, Tensor};

impl Tensor {
    /// A draw from the gamma distribution of rate 1 for each element, whose shape parameter it is: the
    /// sampler below `torch.distributions.Gamma`, `torch._standard_gamma`.
    ///
    /// ```
    /// tensor::manual_seed(0);
    /// assert_eq!(tensor::ones(2).standard_gamma().to_string(), "tensor([2.8824, 0.4546])");
    /// ```
    ///
    /// A draw is at least the smallest normal number, also where the parameter is 0.
    ///
    /// # Panics
    /// If the tensor is neither `F32` nor `F64`, or a parameter is negative or NaN.
    #[track_caller]
    pub fn standard_gamma(&self) -> Tensor {
        assert!(self.ge(0.0).all().item() == 1.0, "standard_gamma: expects parameters >= 0, got\n{self}");
        let mut y = self.contiguous();
        by_float!("standard_gamma", self, T => {
            let y = y.slice_mut::<T>();
            with_default_generator(|g| y.iter_mut().for_each(|y| *y = g.gamma(*y)));
        });
        y
    }

    /// A draw from Dirichlet's distribution for each row of parameters along the last axis, as
    /// `torch._sample_dirichlet`: positive numbers that add up to 1.
    ///
    /// The draws from gamma distributions that a row is made of are in double precision.
    ///
    /// # Panics
    /// As [`Tensor::standard_gamma`], and if there is no axis.
    #[track_caller]
    pub fn sample_dirichlet(&self) -> Tensor {
        let gammas = match self.dtype {
            DType::F32 | DType::F64 => self.to_dtype(DType::F64).standard_gamma(),
            _ => crate::error::not_computable("sample_dirichlet", self),
        };
        let sums = gammas.sum_dim(-1, true);
        by_float!("sample_dirichlet", self, T => {
            let (least, most) = (T::MIN_POSITIVE, 1.0 - T::EPSILON / 2.0);
            let mut y = gammas.div(&sums).to_dtype(self.dtype);
            y.slice_mut::<T>().iter_mut().for_each(|y| *y = y.clamp(least, most));
            y
        })
    }
}

impl Generator {
    /// The method of Marsaglia and Tsang (*A simple method for generating gamma variables*, 2000), on normal
    /// and uniform numbers of double precision; where `alpha` is below 1, one of `alpha + 1` is scaled down.
    fn gamma<T: Float>(&mut self, mut alpha: T) -> T {
        let mut scale = 1.0;
        if alpha < T::ONE {
            if alpha == T::ZERO {
                return T::MIN_POSITIVE;
            }
            scale = (1.0 - self.uniform_f64()).powf((T::ONE / alpha).to_f64());
            alpha += T::ONE;
        }
        // The constants are single precision's, and so is the difference beside an `f32`.
        let d = (alpha - T::from_f64(f64::from(1.0f32 / 3.0))).to_f64();
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let (x, y) = loop {
                let x = self.normal();
                let y = 1.0 + c * x;
                if y > 0.0 {
                    break (x, y);
                }
            };
            let (v, u, xx) = (y * y * y, 1.0 - self.uniform_f64(), x * x);
            if u < 1.0 - f64::from(0.0331f32) * xx * xx || u.ln() < 0.5 * xx + d * (1.0 - v + v.ln()) {
                return T::from_f64(scale * d * v).maximum(T::MIN_POSITIVE);
            }
        }
    }
}
