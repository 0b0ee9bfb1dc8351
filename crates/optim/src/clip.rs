use nn::Parameter;
use tensor::{DType, Tensor};

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
pub fn clip_grad_norm_(params: &[Parameter], max_norm: f64) -> f64 {
    let norm = total_norm(params, 2.0);
    scale_to(params, max_norm, norm);
    norm
}

/// [`clip_grad_norm_`] with options.
///
/// # Errors
/// If the norm is not finite and `error_if_nonfinite` is set; the gradients are then unchanged.
pub fn clip_grad_norm_with(params: &[Parameter], max_norm: f64, config: ClipConfig) -> Result<f64, Error> {
    let ClipConfig { norm_type, error_if_nonfinite } = config;
    let norm = total_norm(params, norm_type);
    if error_if_nonfinite && !norm.is_finite() {
        return Err(Error::NonFiniteNorm { norm_type });
    }
    scale_to(params, max_norm, norm);
    Ok(norm)
}

/// Clamps every element of every gradient to `[-clip_value, clip_value]`: `torch.nn.utils.clip_grad_value_`.
pub fn clip_grad_value_(params: &[Parameter], clip_value: f64) {
    fn clamp<T: Real>(g: &mut Tensor, limit: f64) {
        let limit = T::from_f64(limit);
        for g in g.make_mut::<T>() {
            *g = g.maximum(-limit).minimum(limit);
        }
    }
    change_grads(params, |g| match g.dtype() {
        DType::F64 => clamp::<f64>(g, clip_value),
        _ => clamp::<f32>(g, clip_value),
    });
}

/// The norm of the norms, rounded as torch rounds it: to `f32`, unless a gradient is `F64`.
fn total_norm(params: &[Parameter], order: f64) -> f64 {
    let mut wide = false;
    let norms = params.iter().filter_map(|p| p.grad()).map(|g| match g.dtype() {
        DType::F64 => {
            wide = true;
            norm(g.contiguous().as_slice::<f64>().iter().copied(), order)
        }
        _ => norm(g.contiguous().as_slice::<f32>().iter().map(|&x| f64::from(x)), order),
    });
    let norms: Vec<f64> = norms.collect();
    let norm = norm(norms.into_iter(), order);
    if wide { norm } else { f64::from(norm as f32) }
}

/// A vector's norm, summed in `f64` in a fixed order.
fn norm(x: impl ExactSizeIterator<Item = f64>, order: f64) -> f64 {
    let magnitudes = x.map(f64::abs);
    if order == f64::INFINITY {
        magnitudes.fold(0.0, |max, x| if x > max || x.is_nan() { x } else { max })
    } else if order == f64::NEG_INFINITY {
        magnitudes.fold(f64::INFINITY, |min, x| if x < min || x.is_nan() { x } else { min })
    } else if order == 0.0 {
        magnitudes.filter(|&x| x != 0.0).count() as f64
    } else if order == 1.0 {
        magnitudes.sum()
    } else if order == 2.0 {
        magnitudes.map(|x| x * x).sum::<f64>().sqrt()
    } else {
        magnitudes.map(|x| x.powf(order)).sum::<f64>().powf(1.0 / order)
    }
}

fn scale_to(params: &[Parameter], max_norm: f64, norm: f64) {
    fn scale<T: Real>(g: &mut Tensor, max_norm: f64, norm: f64) {
        // In the gradient's own precision, as torch does; NaN stays NaN.
        let factor = T::from_f64(max_norm) / (T::from_f64(norm) + T::from_f64(1e-6));
        if factor < T::ONE || factor.is_nan() {
            for g in g.make_mut::<T>() {
                *g *= factor;
            }
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
