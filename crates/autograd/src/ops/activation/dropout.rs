use tensor::dispatch::by_float;
use tensor::{Float, Generator, Tensor};

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
    assert!((0.0..=1.0).contains(&p), "dropout probability has to be between 0 and 1, but got {p}");
    if p == 0.0 || x.numel() == 0 {
        return x.clone();
    }
    let noise = if p == 1.0 {
        x.data().zeros_like() // as in torch, dropping everything draws nothing
    } else {
        tensor::with_default_generator(|g| noise(&x.data(), p, g))
    };
    apply(Dropout { p, noise }, &[x]).single()
}

/// 0 where an element is dropped, `1/(1 − p)` where it stays.
#[track_caller]
fn noise(x: &Tensor, p: f64, g: &mut Generator) -> Tensor {
    fn draw<T: Float>(noise: &mut [T], p: f64, g: &mut Generator) {
        let stays = T::ONE / T::from_f64(1.0 - p);
        g.fill_bernoulli(noise, 1.0 - p, stays, T::ZERO);
    }
    // Of the layout of `x`, whose own memory is shared and so stays as it is.
    let mut noise = if x.is_contiguous() { x.zeros_like() } else { x.clone() };
    by_float!(
        x.dtype(),
        T => draw(noise.memory_mut::<T>(), p, g),
        else panic!("dropout: not defined for {} (shape {:?})", x.dtype(), x.shape())
    );
    noise
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
        let mask = |x: Tensor| noise(&x, 0.5, &mut Generator::new(0)).to_vec::<f32>();
        let x = tensor::ones([2, 4]);
        assert_eq!(mask(x.t()), [0.0, 0.0, 0.0, 0.0, 2.0, 2.0, 0.0, 2.0]);
        assert_eq!(mask(tensor::ones([3, 4]).narrow(1, 1, 2).t()), [0.0, 2.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(
            mask(tensor::ones([3, 1]).expand([3, 4]).t())[..8],
            [0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 2.0, 2.0]
        );
        let permuted = mask(tensor::ones([2, 3, 4]).permute(&[2, 0, 1]));
        assert_eq!(permuted[..8], [0.0, 0.0, 0.0, 2.0, 2.0, 2.0, 0.0, 0.0]);
        assert_eq!(x.to_vec::<f32>(), [1.0; 8]);
    }

    #[test]
    fn dropout_gradient_matches_finite_differences() {
        let x = Tensor::from([0.5f64, -1.2, 2.0, -0.3, 0.9, -2.5]);
        let noise = noise(&x, 0.4, &mut Generator::new(3));
        gradchecks(
            |x| apply(Dropout { p: 0.4, noise: noise.clone() }, &[&x[0]]).single(),
            std::slice::from_ref(&x),
        );
        gradchecks(|x| dropout(&x[0], 1.0), std::slice::from_ref(&x));
    }
}
