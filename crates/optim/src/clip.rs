use nn::{Options, Parameter};
use tensor::dispatch::by_float;
use tensor::kernels::parallel::{GRAIN, for_each_chunk_mut};
use tensor::kernels::rounding::sum_of_squares;
use tensor::{DType, Num, Tensor};

use crate::{Error, Real};

/// The options of [`clip_grad_norm_with`], with torch's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct ClipGradNormOptions {
    /// The order of the norm, `f64::INFINITY` for the largest magnitude: 2.
    #[option(default = 2.0)]
    pub norm_type: f64,
    /// Whether a norm that is infinite or NaN is an error: no, the gradients are scaled by it.
    pub error_if_nonfinite: bool,
}

/// Scales all gradients together so that their norm is at most `max_norm`, and gives the norm they had:
/// `torch.nn.utils.clip_grad_norm_`, to the last bit.
///
/// The norm is that of the gradients' norms. Each is computed in the dtype of its gradient, and their norm in
/// `F32`, or in `F64` if one of them is. So squares of `F32` gradients of about 1e20 overflow: the norm is
/// then infinite, and the gradients become 0. (The norm of a single element is its magnitude, without a
/// square.)
///
/// Each gradient is multiplied by `max_norm / (norm + 1e-6)` where that is below 1. Parameters without a
/// gradient are passed over.
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
    let grads = grads(params);
    check("clip_grad_norm_", &grads);
    let (norm, dtype) = total_norm("clip_grad_norm_", &grads, 2.0);
    drop(grads);
    scale_to(params, max_norm, norm, dtype);
    norm
}

/// [`clip_grad_norm_`] with options.
///
/// # Errors
/// If the norm is not finite and `error_if_nonfinite` is set; the gradients are then unchanged.
///
/// # Panics
/// As [`clip_grad_norm_`], and if a gradient has no elements and the order is infinite or negative:
/// nothing has no largest magnitude.
#[track_caller]
pub fn clip_grad_norm_with(
    params: &[Parameter],
    max_norm: f64,
    options: ClipGradNormOptions,
) -> Result<f64, Error> {
    let grads = grads(params);
    check("clip_grad_norm_", &grads);
    let ClipGradNormOptions { norm_type, error_if_nonfinite } = options;
    let (norm, dtype) = total_norm("clip_grad_norm_", &grads, norm_type);
    drop(grads);
    if error_if_nonfinite && !norm.is_finite() {
        return Err(Error::NonFiniteNorm { norm_type });
    }
    scale_to(params, max_norm, norm, dtype);
    Ok(norm)
}

/// The norm of the tensors' norms, as if they were one vector: `torch.nn.utils.get_total_norm`, which
/// [`clip_grad_norm_`] describes; 0 of no tensors. Torch's default order is 2; whether the norm is finite is
/// left to the caller.
///
/// ```
/// use tensor::Tensor;
/// assert_eq!(optim::get_total_norm(&[Tensor::from([3.0f32]), Tensor::from([[0.0f32, 4.0]])], 2.0), 5.0);
/// ```
///
/// # Panics
/// As [`clip_grad_norm_with`].
#[track_caller]
pub fn get_total_norm(tensors: &[Tensor], norm_type: f64) -> f64 {
    check("get_total_norm", tensors);
    total_norm("get_total_norm", tensors, norm_type).0
}

/// [`clip_grad_norm_`] by a norm that is known: `torch.nn.utils.clip_grads_with_norm_`. Where parts of a net
/// lie in several programs, it is the norm of all.
///
/// # Panics
/// As [`clip_grad_norm_`].
#[track_caller]
pub fn clip_grads_with_norm_(params: &[Parameter], max_norm: f64, total_norm: f64) {
    let grads = grads(params);
    check("clip_grads_with_norm_", &grads);
    let dtype = norm_dtype(&grads);
    drop(grads);
    scale_to(params, max_norm, total_norm, dtype);
}

/// Clamps every element of every gradient to `[-clip_value, clip_value]`: `torch.nn.utils.clip_grad_value_`.
///
/// # Panics
/// As [`clip_grad_norm_`].
#[track_caller]
pub fn clip_grad_value_(params: &[Parameter], clip_value: f64) {
    check("clip_grad_value_", &grads(params));
    fn clamp<T: Real>(g: &mut Tensor, limit: f64) {
        let limit = T::from_f64(limit);
        for_each_chunk_mut(g.make_mut::<T>(), GRAIN, |_, g| {
            for g in g {
                *g = limit.minimum((-limit).maximum(*g));
            }
        });
    }
    change_grads(params, |g| by_float!("clip_grad_value_", &*g, T => clamp::<T>(g, clip_value)));
}

fn grads(params: &[Parameter]) -> Vec<Tensor> {
    params.iter().filter_map(|p| p.grad()).collect()
}

/// Refuses gradients that cannot be clipped, before any is changed.
#[track_caller]
fn check(op: &str, grads: &[Tensor]) {
    for dtype in grads.iter().map(Tensor::dtype) {
        let float = matches!(dtype, DType::F32 | DType::F64);
        assert!(float, "{op}: gradients are F32 or F64, not {dtype}");
    }
}

/// The norm of the gradients' norms, and the dtype it is computed in.
#[track_caller]
fn total_norm(op: &str, grads: &[Tensor], order: f64) -> (f64, DType) {
    let grads: Vec<Tensor> = grads.iter().map(Tensor::contiguous).collect();
    for g in &grads {
        assert!(
            g.numel() > 0 || (order >= 0.0 && order.is_finite()),
            "{op}: cannot compute the {order} norm on an empty tensor because the operation does not have \
             an identity (shape {:?})",
            g.shape()
        );
    }
    // The order of a sum is torch's, one chain for each gradient: threads take whole gradients.
    let elements: usize = grads.iter().map(Tensor::numel).sum();
    let per_task = if elements < 2 * GRAIN { grads.len().max(1) } else { 1 };
    let mut norms = vec![0.0; grads.len()];
    for_each_chunk_mut(&mut norms, per_task, |start, norms| {
        for (norm, g) in norms.iter_mut().zip(&grads[start..]) {
            *norm = by_float!(op, g, T => norm_of(g.as_slice::<T>(), order).to_f64());
        }
    });
    match norm_dtype(&grads) {
        DType::F64 => (norm_of(&norms, order), DType::F64),
        dtype => {
            let norms: Vec<f32> = norms.into_iter().map(|norm| norm as f32).collect();
            (f64::from(norm_of(&norms, order)), dtype)
        }
    }
}

/// The dtype that the norm of these is in.
fn norm_dtype(grads: &[Tensor]) -> DType {
    if grads.iter().any(|g| g.dtype() == DType::F64) { DType::F64 } else { DType::F32 }
}

/// A vector's norm `(Σ|x|^order)^(1/order)` as torch computes it: every step rounded to `T`.
fn norm_of<T: Real>(x: &[T], order: f64) -> T {
    if let [x] = x
        && order != 0.0
    {
        return x.abs();
    }
    let magnitudes = x.iter().map(|x| x.abs());
    let add = |sum, x| sum + x;
    match order {
        2.0 => sum_of_squares(x).sqrt(),
        1.0 => magnitudes.fold(T::ZERO, add),
        0.0 => magnitudes.map(|x| if x == T::ZERO { T::ZERO } else { T::ONE }).fold(T::ZERO, add),
        f64::INFINITY => magnitudes.fold(T::ZERO, Num::maximum),
        f64::NEG_INFINITY => magnitudes.fold(T::from_f64(f64::INFINITY), Num::minimum),
        _ => {
            let p = T::from_f64(order);
            magnitudes.map(|x| x.powf(p)).fold(T::ZERO, add).powf(T::ONE / p)
        }
    }
}

/// Multiplies each gradient by what makes `norm`, of the dtype given, at most `max_norm`.
fn scale_to(params: &[Parameter], max_norm: f64, norm: f64, dtype: DType) {
    fn factor<T: Real>(max_norm: f64, norm: f64) -> f64 {
        // A number by a tensor is a product with the reciprocal in torch, rounded twice.
        (T::ONE / (T::from_f64(norm) + T::from_f64(1e-6)) * T::from_f64(max_norm)).to_f64()
    }
    fn scale<T: Real>(g: &mut Tensor, factor: f64) {
        let factor = T::from_f64(factor);
        for_each_chunk_mut(g.make_mut::<T>(), GRAIN, |_, g| {
            for g in g {
                *g *= factor;
            }
        });
    }
    let factor =
        by_float!(dtype, T => factor::<T>(max_norm, norm), else unreachable!("`check` refuses other dtypes"));
    if factor < 1.0 || factor.is_nan() {
        change_grads(params, |g| by_float!("clip_grad_norm_", &*g, T => scale::<T>(g, factor)));
    }
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
