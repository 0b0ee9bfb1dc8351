use nn::Parameter;
use tensor::kernels::parallel::{GRAIN, for_each_chunk_mut};
use tensor::kernels::simd::{Kernel, dispatch};
use tensor::{DType, Float, Tensor};

use crate::{Error, Real};

/// The options of [`clip_grad_norm_with`], with torch's defaults.
#[derive(Clone, Copy, Debug)]
pub struct ClipConfig {
    /// The order of the norm, `f64::INFINITY` for the largest magnitude: 2.
    pub norm_type: f64,
    /// Whether a norm that is infinite or NaN is an error: no, the gradients are scaled by it.
    pub error_if_nonfinite: bool,
}

impl Default for ClipConfig {
    fn default() -> Self {
        ClipConfig { norm_type: 2.0, error_if_nonfinite: false }
    }
}

/// Scales all gradients together so that their norm is at most `max_norm`, and gives the norm they had:
/// `torch.nn.utils.clip_grad_norm_`.
///
/// The norm is that of all gradients as one vector. Each is multiplied by `max_norm / (norm + 1e-6)` where that is below
/// 1. Parameters without a gradient are passed over.
///
/// ```
/// use nn::Parameter;
/// use tensor::Tensor;
///
/// let [a, b] = [1, 2].map(|n| Parameter::new(tensor::zeros([n])));
/// a.set_grad(Some(Tensor::from([3.0_f32])));
/// b.set_grad(Some(Tensor::from([0.0_f32, 4.0])));
/// assert_eq!(optim::clip_grad_norm_(&[a.clone(), b], 1.0), 5.0);
/// assert!((a.grad().unwrap().item() - 0.6).abs() < 1e-6);
/// ```
///
/// # Panics
/// If a gradient is neither `F32` nor `F64`; all are then unchanged.
#[track_caller]
pub fn clip_grad_norm_(params: &[Parameter], max_norm: f64) -> f64 {
    check(params);
    let norm = total_norm(params, 2.0);
    scale_to(params, max_norm, norm);
    norm
}

/// [`clip_grad_norm_`] with options.
///
/// # Errors
/// If the norm is not finite and `error_if_nonfinite` is set; the gradients are then unchanged.
///
/// # Panics
/// As [`clip_grad_norm_`].
#[track_caller]
pub fn clip_grad_norm_with(params: &[Parameter], max_norm: f64, config: ClipConfig) -> Result<f64, Error> {
    check(params);
    let ClipConfig { norm_type, error_if_nonfinite } = config;
    let norm = total_norm(params, norm_type);
    if error_if_nonfinite && !norm.is_finite() {
        return Err(Error::NonFiniteNorm { norm_type });
    }
    scale_to(params, max_norm, norm);
    Ok(norm)
}

/// Clamps every element of every gradient to `[-clip_value, clip_value]`: `torch.nn.utils.clip_grad_value_`.
///
/// # Panics
/// As [`clip_grad_norm_`].
#[track_caller]
pub fn clip_grad_value_(params: &[Parameter], clip_value: f64) {
    check(params);
    fn clamp<T: Real>(g: &mut Tensor, limit: f64) {
        let limit = T::from_f64(limit);
        for_each_chunk_mut(g.make_mut::<T>(), GRAIN, |_, g| {
            for g in g {
                *g = g.maximum(-limit).minimum(limit);
            }
        });
    }
    change_grads(params, |g| match g.dtype() {
        DType::F64 => clamp::<f64>(g, clip_value),
        _ => clamp::<f32>(g, clip_value),
    });
}

/// Refuses gradients that cannot be clipped, before any is changed.
#[track_caller]
fn check(params: &[Parameter]) {
    for dtype in params.iter().filter_map(|p| p.grad()).map(|g| g.dtype()) {
        let float = matches!(dtype, DType::F32 | DType::F64);
        assert!(float, "clip_grad: gradients are F32 or F64, not {dtype}");
    }
}

/// The norm of the norms, rounded as torch rounds it: to `f32`, unless a gradient is `F64`.
fn total_norm(params: &[Parameter], order: f64) -> f64 {
    let grads: Vec<Tensor> = params.iter().filter_map(|p| p.grad()).map(|g| g.contiguous()).collect();
    let norm_of = |g: &Tensor| match g.dtype() {
        DType::F64 => norm(g.as_slice::<f64>(), order),
        _ => norm(g.as_slice::<f32>(), order),
    };
    let norms: Vec<f64> = grads.iter().map(norm_of).collect();
    let total = norm(&norms, order);
    if grads.iter().any(|g| g.dtype() == DType::F64) { total } else { f64::from(total as f32) }
}

/// A vector's norm. Block by block, and in each block lane by lane, so that the order of the sum is fixed.
fn norm<T: Real>(x: &[T], order: f64) -> f64 {
    const BLOCK: usize = 32 * 1024;
    let mut partial = vec![0.0; x.len().div_ceil(BLOCK)];
    for_each_chunk_mut(&mut partial, 1, |i, partial| {
        let x = &x[i * BLOCK..x.len().min((i + 1) * BLOCK)];
        partial[0] = dispatch(Fold { x, order });
    });
    if order == f64::INFINITY {
        partial.into_iter().fold(0.0, Float::maximum)
    } else if order == f64::NEG_INFINITY {
        partial.into_iter().fold(f64::INFINITY, Float::minimum)
    } else if order == 0.0 || order == 1.0 {
        partial.into_iter().sum()
    } else if order == 2.0 {
        partial.into_iter().sum::<f64>().sqrt()
    } else {
        partial.into_iter().sum::<f64>().powf(1.0 / order)
    }
}

/// The sum of `|x|^order`; the largest or smallest magnitude if the order is infinite.
struct Fold<'a, T> {
    x: &'a [T],
    order: f64,
}

impl<T: Real> Kernel for Fold<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let magnitudes = self.x.iter().map(|x| x.to_f64().abs());
        if self.order == 2.0 {
            lanes(self.x, |sum, x| sum + x * x)
        } else if self.order == 1.0 {
            lanes(self.x, |sum, x| sum + x.abs())
        } else if self.order == f64::INFINITY {
            magnitudes.fold(0.0, Float::maximum)
        } else if self.order == f64::NEG_INFINITY {
            magnitudes.fold(f64::INFINITY, Float::minimum)
        } else if self.order == 0.0 {
            magnitudes.filter(|&x| x != 0.0).count() as f64
        } else {
            magnitudes.map(|x| x.powf(self.order)).sum()
        }
    }
}

/// A sum over sixteen lanes, which the compiler puts into vectors.
#[inline(always)]
fn lanes<T: Real>(x: &[T], add: impl Fn(f64, f64) -> f64) -> f64 {
    let mut sums = [0.0; 16];
    let (whole, rest) = x.as_chunks::<16>();
    for x in whole {
        for (sum, x) in sums.iter_mut().zip(x) {
            *sum = add(*sum, x.to_f64());
        }
    }
    rest.iter().fold(sums.iter().sum(), |sum, x| add(sum, x.to_f64()))
}

fn scale_to(params: &[Parameter], max_norm: f64, norm: f64) {
    fn scale<T: Real>(g: &mut Tensor, max_norm: f64, norm: f64) {
        // In the gradient's own precision, as torch does; NaN stays NaN.
        let factor = T::from_f64(max_norm) / (T::from_f64(norm) + T::from_f64(1e-6));
        if factor < T::ONE || factor.is_nan() {
            for_each_chunk_mut(g.make_mut::<T>(), GRAIN, |_, g| {
                for g in g {
                    *g *= factor;
                }
            });
        }
    }
    change_grads(params, |g| match g.dtype() {
        DType::F64 => scale::<f64>(g, max_norm, norm),
        _ => scale::<f32>(g, max_norm, norm),
    });
}

/// Lets `f` write to each gradient, in place where nobody else holds it.
fn change_grads(params: &[Parameter], f: impl Fn(&mut Tensor)) {
    for p in params {
        if let Some(mut g) = p.grad() {
            p.zero_grad();
            f(&mut g);
            p.set_grad(Some(g));
        }
    }
}
