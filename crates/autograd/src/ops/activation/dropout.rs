use tensor::dispatch::by_float;
use tensor::{DType, Float, Generator, Tensor};

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

/// Sets each element to 0 with probability `p` and multiplies the others by `1/(1 − p)`, so that the
/// expectation stays. The choice takes one draw per element, in the order in which the elements lie in
/// memory (for a transpose that is not row by row), from the default generator: torch's masks after the
/// same seed. `p = 0` is the identity and draws nothing.
///
/// ```
/// use autograd::{Variable, dropout};
/// tensor::manual_seed(0);
/// let y = dropout(&Variable::new(tensor::ones([8])), 0.5);
/// assert_eq!(y.data().to_vec::<f32>(), [0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 2.0, 2.0]);
/// ```
///
/// # Panics
/// If `p` is outside [0, 1].
#[track_caller]
pub fn dropout(x: &Variable, p: f64) -> Variable {
    drop_out(x, p, Whole::Element, false)
}

/// As [`dropout`] for whole channels of `[batch, channels, n]` or `[channels, n]`: one draw for each, as
/// `torch.nn.functional.dropout1d`.
///
/// ```
/// use autograd::{Variable, dropout1d};
/// tensor::manual_seed(0);
/// let y = dropout1d(&Variable::new(tensor::ones([3, 2])), 0.5);
/// assert_eq!(y.data().to_vec::<f32>(), [0.0, 0.0, 0.0, 0.0, 2.0, 2.0]);
/// ```
///
/// # Panics
/// If `p` is outside [0, 1], or there are other axes.
#[track_caller]
pub fn dropout1d(x: &Variable, p: f64) -> Variable {
    check(p);
    let n = x.ndim();
    assert!(
        n == 2 || n == 3,
        "dropout1d: Expected 2D or 3D input, but received a {n}D input. Note that dropout1d exists to provide \
         channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch dimension \
         (i.e. 2D or 3D inputs)."
    );
    match n {
        2 => drop_out(&x.unsqueeze(0), p, Whole::Channel, false).squeeze(0),
        _ => drop_out(x, p, Whole::Channel, false),
    }
}

/// As [`dropout`] for whole channels of `[batch, channels, …]`: one draw for each, as
/// `torch.nn.functional.dropout2d`. As there, the first of three axes is the batch, too.
///
/// # Panics
/// If `p` is outside [0, 1], or there are fewer than two axes.
#[track_caller]
pub fn dropout2d(x: &Variable, p: f64) -> Variable {
    drop_out(x, p, Whole::Channel, false)
}

/// As [`dropout`] for whole channels of `[batch, channels, n, n, n]`, or `[channels, n, n, n]`: one draw for
/// each, as `torch.nn.functional.dropout3d`.
///
/// # Panics
/// If `p` is outside [0, 1], or there are no axes.
#[track_caller]
pub fn dropout3d(x: &Variable, p: f64) -> Variable {
    match x.ndim() {
        5 => drop_out(x, p, Whole::Channel, false),
        _ => drop_out(&x.unsqueeze(0), p, Whole::Channel, false).squeeze(0),
    }
}

/// Sets each element with probability `p` to what SELU gives for −∞, and then scales and shifts all so that
/// mean 0 and variance 1 stay (Klambauer et al., *Self-normalizing neural networks*, 2017), as
/// `torch.nn.functional.alpha_dropout`. Draws as [`dropout`].
///
/// # Panics
/// If `p` is outside [0, 1].
#[track_caller]
pub fn alpha_dropout(x: &Variable, p: f64) -> Variable {
    drop_out(x, p, Whole::Element, true)
}

/// As [`alpha_dropout`] for whole channels of `[batch, channels, …]`: one draw for each, as
/// `torch.nn.functional.feature_alpha_dropout`.
///
/// # Panics
/// If `p` is outside [0, 1], or there are fewer than two axes.
#[track_caller]
pub fn feature_alpha_dropout(x: &Variable, p: f64) -> Variable {
    drop_out(x, p, Whole::Channel, true)
}

/// What one draw is for.
#[derive(Clone, Copy)]
enum Whole {
    Element,
    Channel,
}

/// With `alpha`, as [`alpha_dropout`].
#[track_caller]
fn drop_out(x: &Variable, p: f64, whole: Whole, alpha: bool) -> Variable {
    check(p);
    if p == 0.0 || x.numel() == 0 {
        return x.clone();
    }
    let scaled = |noise: Tensor| apply(Dropout { p, noise }, &[x]).single();
    if p == 1.0 {
        return scaled(x.data().zeros_like()); // as in torch, dropping everything draws nothing
    }
    let mut noise = blank(&x.data(), whole);
    let stays = if alpha { 1.0 } else { 1.0 - p };
    tensor::with_default_generator(|g| draw(&mut noise, p, stays, g));
    if !alpha {
        return scaled(noise);
    }
    // In torch's steps.
    const ALPHA: f64 = 1.758_099_340_847_376_6; // −SELU(−∞)
    let a = 1.0 / ((ALPHA * ALPHA * p + 1.0) * (1.0 - p)).sqrt();
    let shift = (&noise + -1.0) * (ALPHA * a) + ALPHA * a * p;
    scaled(noise * a) + Variable::new(shift)
}

#[track_caller]
fn check(p: f64) {
    assert!((0.0..=1.0).contains(&p), "dropout probability has to be between 0 and 1, but got {p}");
}

/// A tensor to draw into, one element for each draw.
#[track_caller]
fn blank(x: &Tensor, whole: Whole) -> Tensor {
    assert!(
        matches!(x.dtype(), DType::F32 | DType::F64),
        "dropout: not defined for {} (shape {:?})",
        x.dtype(),
        x.shape()
    );
    match whole {
        // Of the layout of `x`, whose own memory is shared and so stays as it is.
        Whole::Element if x.is_contiguous() => x.zeros_like(),
        Whole::Element => x.clone(),
        Whole::Channel => {
            assert!(x.ndim() >= 2, "Feature dropout requires at least 2 dimensions in the input");
            let mut shape = vec![1; x.ndim()];
            shape[..2].copy_from_slice(&x.shape()[..2]);
            tensor::zeros_dtype(shape, x.dtype())
        }
    }
}

/// 0 where it is dropped, `1/stays` where it stays.
fn draw(noise: &mut Tensor, p: f64, stays: f64, g: &mut Generator) {
    fn fill<T: Float>(noise: &mut [T], p: f64, stays: f64, g: &mut Generator) {
        g.fill_bernoulli(noise, 1.0 - p, T::ONE / T::from_f64(stays), T::ZERO);
    }
    by_float!("dropout", noise, T => fill(noise.memory_mut::<T>(), p, stays, g));
}

struct Dropout {
    p: f64,
    noise: Tensor,
}

impl Op for Dropout {
    describe!("MulBackward0", p);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.spent();
        (&x[0] * &self.noise).into()
    }

    /// `dx = dy·noise`
    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        (dy.single() * &V::constant(self.noise.clone())).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::gradchecks;

    /// `torch.nn.functional.dropout(torch.ones(2, 4).t(), .5)` after `torch.manual_seed(0)`.
    #[test]
    fn the_mask_of_a_transpose_is_drawn_in_the_order_of_its_memory() {
        let _alone = testing::alone();
        let mask = |x: Tensor| {
            let mut noise = blank(&x, Whole::Element);
            draw(&mut noise, 0.5, 0.5, &mut Generator::new(0));
            noise.to_vec::<f32>()
        };
        let x = tensor::ones([2, 4]);
        assert_eq!(mask(x.t()), [0.0, 0.0, 0.0, 0.0, 2.0, 2.0, 0.0, 2.0]);
        assert_eq!(mask(tensor::ones([3, 4]).narrow(1, 1, 2).t()), [0.0, 2.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(
            mask(tensor::ones([3, 1]).expand([3, 4]).t())[..8],
            [0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 2.0, 2.0]
        );
        let permuted = mask(tensor::ones([2, 3, 4]).permute([2, 0, 1]));
        assert_eq!(permuted[..8], [0.0, 0.0, 0.0, 2.0, 2.0, 2.0, 0.0, 0.0]);
        assert_eq!(x.to_vec::<f32>(), [1.0; 8]);
    }

    #[test]
    fn dropout_gradient_matches_finite_differences() {
        let _alone = testing::alone();
        let x = Tensor::from([0.5f64, -1.2, 2.0, -0.3, 0.9, -2.5]);
        let mut noise = blank(&x, Whole::Element);
        draw(&mut noise, 0.4, 0.6, &mut Generator::new(3));
        gradchecks(
            |x| apply(Dropout { p: 0.4, noise: noise.clone() }, &[&x[0]]).single(),
            std::slice::from_ref(&x),
        );
        gradchecks(|x| dropout(&x[0], 1.0), std::slice::from_ref(&x));
    }
}
