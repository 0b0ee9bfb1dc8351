use std::borrow::Cow;

use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

/// Affine map `y = x·Wᵀ + b`, with `x: [.., in]`, `w: [out, in]`, `b: [out]`, `y: [.., out]`, in one node.
/// A 1-d `w: [in]` is one row whose axis is dropped: `y: [..]`.
///
/// `dx = dy·W`, `dW = dyᵀ·x`, `db = Σ dy` over the rows. As `torch.nn.functional.linear`.
///
/// ```
/// use autograd::{Variable, linear};
/// use tensor::Tensor;
/// let x = Variable::new(Tensor::from([[1.0f32, 2.0]]));
/// let w = Variable::new(Tensor::from([[3.0f32, 4.0]]));
/// let b = Variable::new(Tensor::from([0.5f32]));
/// assert_eq!(linear(&x, &w, Some(&b)).item(), 11.5);
/// ```
///
/// # Panics
/// If the inner sizes or the dtypes differ.
#[track_caller]
pub fn linear(x: &Variable, w: &Variable, b: Option<&Variable>) -> Variable {
    match b {
        Some(b) => apply(Linear, &[x, w, b]),
        None => apply(Linear, &[x, w]),
    }
    .single()
}

struct Linear;

impl Op for Linear {
    describe!("AddmmBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        let product = save.needs[0] || save.needs[1];
        save.input_if(product, 0);
        save.input_if(product, 1);
        x[0].linear(&x[1], x.get(2)).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dy = dy.single();
        if !needs[0] && !needs[1] {
            // One axis of rows is summed at once, whatever the batch; what else there is, the graph sums.
            let (value, out) = (dy.value(), saved.shape(2));
            let rows: usize = value.shape().iter().rev().skip(1).product();
            let rowwise = value.ndim() > 2 && value.shape().ends_with(out) && out.len() == 1;
            let db = if rowwise { dy.reshape(&[rows, out[0]]).sum_dim(&[0], false) } else { dy.clone() };
            return [None, None, Some(db)].into();
        }
        let (x, w) = (&saved[0], &saved[1]);
        let (x_value, w_value) = (x.value(), w.value());
        let (inner, out) = (w_value.size(-1), if w_value.ndim() == 1 { 1 } else { w_value.size(0) });
        let rows: usize = x_value.shape()[..x_value.ndim() - 1].iter().product();
        let dy2 = viewed(&dy, &[rows, out]);
        let dx = || shaped(dy2.matmul(&viewed(w, &[out, inner])), x_value.shape());
        let dw = || shaped(dy2.t().matmul(&viewed(x, &[rows, inner])), w_value.shape());
        let mut grads = Grads::default();
        grads.push(needs[0].then(dx));
        grads.push(needs[1].then(dw));
        if needs.len() == 3 {
            let db = || if saved.shape(2) == [out] { dy2.sum_dim(&[0], false) } else { dy.clone() };
            grads.push(needs[2].then(db));
        }
        grads
    }
}

/// `x` in this shape, which it nearly always has.
fn viewed<'a, V: Differentiable>(x: &'a V, shape: &[usize]) -> Cow<'a, V> {
    if x.value().shape() == shape { Cow::Borrowed(x) } else { Cow::Owned(x.reshape(shape)) }
}

/// As [`viewed`], of a value that is given away.
#[inline]
fn shaped<V: Differentiable>(x: V, shape: &[usize]) -> V {
    if x.value().shape() == shape { x } else { x.reshape(shape) }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::*;
    use crate::gradcheck::gradchecks;

    #[test]
    fn linear_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        let w = Tensor::from([[0.2, 0.4, -0.3], [1.0, -1.0, 0.5]]);
        let b = Tensor::from([0.1, -0.2]);
        gradchecks(|x| linear(&x[0], &x[1], Some(&x[2])), &[x.clone(), w.clone(), b.clone()]);
        gradchecks(|x| linear(&x[0], &x[1], None), &[x.clone(), w.clone()]);
        gradchecks(|v| linear(&v[0], &v[1], Some(&v[2])), &[x.reshape([1, 2, 3]), w.clone(), b.clone()]);
        gradchecks(|v| linear(&v[0], &v[1], Some(&v[2])), &[x.select(0, 0), w.clone(), b]);
        for bias in [Tensor::from(0.5), Tensor::from([0.5]), Tensor::from([[0.5], [1.0]])] {
            gradchecks(|v| linear(&v[0], &v[1], Some(&v[2])), &[x.clone(), w.clone(), bias]);
        }
    }

    #[test]
    fn one_row_without_its_axis_has_a_gradient() {
        let (x, w, one) = (
            Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]),
            Tensor::from([0.2, 0.4, -0.3]),
            Tensor::from(1.0),
        );
        gradchecks(|x| linear(&x[0], &x[1], None), &[x.clone(), w.clone()]);
        gradchecks(|x| linear(&x[0], &x[1], None), &[x.select(0, 0), w.clone()]);
        gradchecks(|x| linear(&x[0], &x[1], None), &[x.reshape([1, 2, 3]), w.clone()]);
        gradchecks(|v| linear(&v[0], &v[1], Some(&v[2])), &[x.select(0, 0), w.clone(), one.clone()]);
        gradchecks(|v| linear(&v[0], &v[1], Some(&v[2])), &[x.reshape([2, 1, 3]), w, one]);
    }

    /// Forward and backward of `[m, k]` and `[n, k]`, each size also 0.
    #[test]
    fn sizes_of_zero() {
        for (m, n, k) in [(2, 0, 3), (0, 2, 3), (2, 3, 0), (0, 0, 3), (2, 0, 0), (0, 0, 0)] {
            for batch in [&[m][..], &[m, 2], &[2, m]] {
                let shape = [batch, &[k]].concat();
                let leaf = |shape: &[usize]| Variable::new(tensor::ones(shape)).requires_grad_(true);
                let (x, w, b) = (leaf(&shape), leaf(&[n, k]), leaf(&[n]));
                let y = linear(&x, &w, Some(&b));
                assert_eq!(y.shape(), [batch, &[n]].concat());
                assert!(y.data().to_vec::<f32>().iter().all(|&y| y == 1.0 + k as f32));
                y.sum().backward();
                let rows = batch.iter().product::<usize>() as f32;
                assert_eq!(x.grad().expect("a leaf").to_vec::<f32>(), vec![n as f32; x.numel()]);
                assert_eq!(w.grad().expect("a leaf").to_vec::<f32>(), vec![rows; n * k]);
                assert_eq!(b.grad().expect("a leaf").to_vec::<f32>(), vec![rows; n]);
            }
        }
    }
}
