use std::borrow::Cow;

use tensor::{Shape, Tensor};

use super::operators::sum_to;
use crate::{Backward, Grads, Variable};

/// Affine map `y = x·Wᵀ + b`, with `x: [.., in]`, `w: [out, in]`, `b: [out]`, `y: [.., out]`, in one node. A 1-d `w: [in]`
/// is one row whose axis is dropped: `y: [..]`.
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
    let (x_data, w_data, b_data) = (x.data(), w.data(), b.map(|b| b.data()));
    let y = x_data.linear(&w_data, b_data.as_ref());
    let rule = || Linear { x: x_data, w: w_data, b: b_data.map(|b| b.shape().into()) };
    match b {
        Some(b) => Variable::from_op(y, &[x, w, b], rule),
        None => Variable::from_op(y, &[x, w], rule),
    }
}

struct Linear {
    x: Tensor,
    w: Tensor,
    b: Option<Shape>,
}

impl Backward for Linear {
    fn name(&self) -> &'static str {
        "AddmmBackward0"
    }

    fn saves_tensors(&self, needs: &[bool]) -> bool {
        needs[0] || needs[1]
    }

    fn backward(&self, dy: Tensor, needs: &[bool]) -> Grads {
        let (x, w) = (&self.x, &self.w);
        let (inner, out) = (w.size(-1), if w.ndim() == 1 { 1 } else { w.size(0) });
        let rows: usize = x.shape()[..x.ndim() - 1].iter().product();
        let dy2 = shaped(&dy, &[rows, out]);
        let mut grads = Grads::new();
        let dx = || reshaped(dy2.matmul(&shaped(w, &[out, inner])), x.shape());
        let dw = || reshaped(dy2.t().matmul(&shaped(x, &[rows, inner])), w.shape());
        grads.push(needs[0].then(dx));
        grads.push(needs[1].then(dw));
        if let Some(b) = &self.b {
            let db = || if b[..] == [out] { dy2.sum_dim(&[0], false) } else { sum_to(dy.clone(), b) };
            grads.push(needs[2].then(db));
        }
        grads
    }
}

/// `x` in this shape, which it nearly always has.
fn shaped<'a>(x: &'a Tensor, shape: &[usize]) -> Cow<'a, Tensor> {
    if x.shape() == shape { Cow::Borrowed(x) } else { Cow::Owned(x.reshape(shape)) }
}

fn reshaped(x: Tensor, shape: &[usize]) -> Tensor {
    if x.shape() == shape { x } else { x.reshape(shape) }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::*;
    use crate::gradcheck;

    #[test]
    fn linear_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        let w = Tensor::from([[0.2, 0.4, -0.3], [1.0, -1.0, 0.5]]);
        let b = Tensor::from([0.1, -0.2]);
        gradcheck(|x| linear(&x[0], &x[1], Some(&x[2])), &[x.clone(), w.clone(), b.clone()]);
        gradcheck(|x| linear(&x[0], &x[1], None), &[x.clone(), w.clone()]);
        gradcheck(|v| linear(&v[0], &v[1], Some(&v[2])), &[x.reshape([1, 2, 3]), w.clone(), b.clone()]);
        gradcheck(|v| linear(&v[0], &v[1], Some(&v[2])), &[x.select(0, 0), w.clone(), b]);
        for bias in [Tensor::from(0.5), Tensor::from([0.5]), Tensor::from([[0.5], [1.0]])] {
            gradcheck(|v| linear(&v[0], &v[1], Some(&v[2])), &[x.clone(), w.clone(), bias]);
        }
    }

    #[test]
    fn one_row_without_its_axis_has_a_gradient() {
        let (x, w, one) = (
            Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]),
            Tensor::from([0.2, 0.4, -0.3]),
            Tensor::from(1.0),
        );
        gradcheck(|x| linear(&x[0], &x[1], None), &[x.clone(), w.clone()]);
        gradcheck(|x| linear(&x[0], &x[1], None), &[x.select(0, 0), w.clone()]);
        gradcheck(|x| linear(&x[0], &x[1], None), &[x.reshape([1, 2, 3]), w.clone()]);
        gradcheck(|v| linear(&v[0], &v[1], Some(&v[2])), &[x.select(0, 0), w.clone(), one.clone()]);
        gradcheck(|v| linear(&v[0], &v[1], Some(&v[2])), &[x.reshape([2, 1, 3]), w, one]);
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
