//! Draws from distributions other than the uniform and the normal, number for number those of torch.

use half::{bf16, f16};

use super::not_floating;
use crate::dispatch::by_num;
use crate::generator::with_default_generator;
use crate::{DType, Float, Generator, Num, Operand, Shape, Tensor, broadcast_tensors, zeros_dtype};

/// Normals of these means and standard deviations, as `torch.normal`: a tensor and a number, or two tensors,
/// which are broadcast. The dtype is that of the first tensor; torch's default deviation is 1.
///
/// ```
/// use tensor::{Tensor, manual_seed, normal};
/// manual_seed(0);
/// let y = normal(&Tensor::from([10.0f32, 100.0]), 0.5);
/// assert_eq!(y.to_string(), "tensor([10.7705, 99.8533])");
/// ```
///
/// # Panics
/// If both are numbers, whose tensor [`normal_shape`] makes; if a tensor is neither `F32` nor `F64`, a
/// deviation is negative or NaN, or the shapes do not broadcast.
#[track_caller]
pub fn normal<'a>(mean: impl Into<Operand<'a, Tensor>>, std: impl Into<Operand<'a, Tensor>>) -> Tensor {
    drawn(mean.into(), std.into())
}

#[track_caller]
fn drawn(mean: Operand<'_, Tensor>, std: Operand<'_, Tensor>) -> Tensor {
    if let Operand::Array(std) = std {
        assert!(
            std.numel() == 0 || std.min().item() >= 0.0,
            "normal: normal expects all elements of std >= 0.0"
        );
    }
    match (mean, std) {
        (Operand::Array(mean), Operand::Number(std)) => {
            let mut y = zeros_dtype(mean.shape(), mean.dtype());
            y.normal_(0.0, std.to_f64());
            y.into_add(mean)
        }
        (Operand::Number(mean), Operand::Array(std)) => {
            let mut y = zeros_dtype(std.shape(), std.dtype());
            y.normal_(0.0, 1.0);
            y.into_mul(std).add_scalar(mean)
        }
        (Operand::Array(mean), Operand::Array(std)) => {
            let common = broadcast_tensors(&[mean, std]).remove(0);
            let mut y = zeros_dtype(common.shape(), mean.dtype());
            y.normal_(0.0, 1.0);
            y.into_mul(std).to_dtype(mean.dtype()).into_add(mean)
        }
        (Operand::Number(_), Operand::Number(_)) => panic!("normal: two numbers need a shape: normal_shape"),
    }
}

/// A tensor of `shape` of normals, `F32`, as `torch.normal` with `size=`.
///
/// ```
/// tensor::manual_seed(0);
/// assert_eq!(tensor::normal_shape(10.0, 0.5, [2]).to_string(), "tensor([10.7705,  9.8533])");
/// ```
///
/// # Panics
/// If `std` is negative or NaN.
#[track_caller]
pub fn normal_shape(mean: f64, std: f64, shape: impl Into<Shape>) -> Tensor {
    let mut y = crate::zeros(shape);
    y.normal_(mean, std);
    y
}

impl Tensor {
    /// Overwrites every element with the number of trials up to the first success, each one having
    /// probability `p`: `tensor.geometric_(p)`.
    ///
    /// ```
    /// tensor::manual_seed(0);
    /// assert_eq!(tensor::zeros(4).geometric_(0.1).to_string(), "tensor([1., 4., 8., 1.])");
    /// ```
    ///
    /// # Panics
    /// If the tensor is a `Bool`, or unless 0 < `p` < 1.
    #[track_caller]
    pub fn geometric_(&mut self, p: f64) -> &mut Tensor {
        assert!(0.0 < p && p < 1.0, "geometric_ expects p to be in (0, 1), but got p={p}");
        let dtype = self.dtype();
        assert!(dtype != DType::Bool, "geometric_: not defined for {dtype}");
        let draw = |g: &mut Generator| (g.uniform_f64().ln() / (-p).ln_1p()).ceil();
        if dtype.is_float() {
            self.fill_floats("geometric_", draw);
        } else {
            by_num!("geometric_", self, T => {
                let out = self.memory_slice_mut::<T>();
                with_default_generator(|g| out.fill_with(|| T::from_f64(draw(g))));
            });
        }
        self
    }

    /// Overwrites every element with a draw from the Cauchy distribution about `median`, of which half lies
    /// within `sigma` of it: `tensor.cauchy_(median, sigma)`, whose defaults are 0 and 1.
    ///
    /// # Panics
    /// If the tensor is not floating-point, or unless `sigma` is above 0.
    #[track_caller]
    pub fn cauchy_(&mut self, median: f64, sigma: f64) -> &mut Tensor {
        assert!(sigma > 0.0, "cauchy_ expects sigma > 0.0, but found sigma={sigma}");
        let angle = |u: f64| std::f64::consts::PI * (u - 0.5);
        self.fill_floats("cauchy_", |g| angle(g.uniform_f64()).tan().mul_add(sigma, median))
    }

    /// Overwrites every element with a number whose logarithm is normal: `tensor.log_normal_(mean, std)`,
    /// whose defaults are 1 and 2.
    ///
    /// # Panics
    /// If the tensor is not floating-point, or unless `std` is above 0.
    #[track_caller]
    pub fn log_normal_(&mut self, mean: f64, std: f64) -> &mut Tensor {
        assert!(std > 0.0, "log_normal_ expects std > 0.0, but found std={std}");
        self.fill_floats("log_normal_", |g| g.normal().mul_add(std, mean).exp())
    }

    /// A draw from the Poisson distribution of the rate that each element gives, in its shape and dtype:
    /// `torch.poisson(input)`.
    ///
    /// ```
    /// tensor::manual_seed(0);
    /// let rates = tensor::Tensor::from([3.0f32, 20.0, 0.0]);
    /// assert_eq!(rates.poisson().to_vec::<f32>(), [6.0, 18.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If the tensor is not floating-point, or a rate is negative or NaN.
    #[track_caller]
    pub fn poisson(&self) -> Tensor {
        let dtype = self.dtype();
        if !dtype.is_float() {
            not_floating("poisson", dtype);
        }
        let rates = self.to_dtype(DType::F64).to_vec::<f64>();
        for rate in &rates {
            assert!(*rate >= 0.0, "poisson: invalid Poisson rate, expected rate to be non-negative");
        }
        let counts: Vec<f64> =
            with_default_generator(|g| rates.iter().map(|&rate| g.poisson(rate)).collect());
        Tensor::from_vec(counts, self.shape()).to_dtype(dtype)
    }

    /// Draws in double precision, in the order of the memory.
    #[track_caller]
    fn fill_floats(&mut self, op: &str, draw: impl Fn(&mut Generator) -> f64) -> &mut Tensor {
        fn fill<T>(out: &mut [T], draw: impl Fn(&mut Generator) -> f64, round: impl Fn(f64) -> T) {
            with_default_generator(|g| out.fill_with(|| round(draw(g))));
        }
        match self.dtype() {
            DType::F32 => fill(self.memory_mut::<f32>(), draw, |x| x as f32),
            DType::F64 => fill(self.memory_mut::<f64>(), draw, |x| x),
            DType::F16 => fill(self.memory_mut::<f16>(), draw, |x| f16::from_f32(x as f32)),
            DType::BF16 => fill(self.memory_mut::<bf16>(), draw, |x| bf16::from_f32(x as f32)),
            dtype => not_floating(op, dtype),
        }
        self
    }
}

impl Generator {
    /// A draw from the Poisson distribution: products of uniforms for small rates (Knuth), for others
    /// rejection from a transformed one (Hörmann, *The transformed rejection method for generating Poisson
    /// random variables*, 1993), as in torch.
    fn poisson(&mut self, rate: f64) -> f64 {
        if rate == 0.0 {
            return 0.0;
        }
        if rate < 10.0 {
            let (least, mut product, mut count) = ((-rate).exp(), 1.0, 0.0);
            loop {
                product *= self.uniform_f64();
                if product <= least {
                    return count;
                }
                count += 1.0;
            }
        }
        let (root, log_rate) = (rate.sqrt(), rate.ln());
        let b = 0.931 + 2.53 * root;
        let a = -0.059 + 0.02483 * b;
        let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
        let most = 0.9277 - 3.6224 / (b - 2.0);
        loop {
            let u = self.uniform_f64() - 0.5;
            let v = self.uniform_f64();
            let us = 0.5 - u.abs();
            let k = ((2.0 * a / us + b) * u + rate + 0.43).floor();
            if us >= 0.07 && v <= most {
                return k;
            }
            if k < 0.0 || (us < 0.013 && v > us) {
                continue;
            }
            let bound = -rate + k * log_rate - Float::lgamma(k + 1.0);
            if v.ln() + inverse_alpha.ln() - (a / (us * us) + b).ln() <= bound {
                return k;
            }
        }
    }
}
