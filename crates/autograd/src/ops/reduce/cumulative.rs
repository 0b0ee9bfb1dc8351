use tensor::dispatch::by_float;
use tensor::{DType, Float, Tensor};

use crate::op::describe;
use crate::ops::index::Pick;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The running product along `dim`, as [`Tensor::cumprod`]; `dxᵢ` is the sum of `dyⱼ` for all `j ≥ i`,
    /// each times the product of the others up to `j`, at zeros too.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn cumprod(&self, dim: isize) -> Variable {
        apply(CumProd { dim }, &[self]).single()
    }

    /// The logarithm of the running sum of `eˣ` along `dim`, as [`Tensor::logcumsumexp`].
    ///
    /// # Panics
    /// If there is no such axis, or the dtype is not a float.
    #[track_caller]
    pub fn logcumsumexp(&self, dim: isize) -> Variable {
        apply(LogCumSumExp { dim }, &[self]).single()
    }

    /// The largest element so far along `dim` and where it is, as [`Tensor::cummax`]; the gradient goes
    /// there.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn cummax(&self, dim: isize) -> (Variable, Tensor) {
        self.picked(Pick::CumMax { dim })
    }

    /// The smallest element so far along `dim` and where it is, as [`Tensor::cummin`]; the gradient goes
    /// there.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn cummin(&self, dim: isize) -> (Variable, Tensor) {
        self.picked(Pick::CumMin { dim })
    }
}

/// `f` along an axis from its end.
fn backwards<V: Differentiable>(x: V, dim: isize, f: impl FnOnce(V) -> V) -> V {
    f(x.flip(&[dim])).flip(&[dim])
}

struct CumProd {
    dim: isize,
}

impl Op for CumProd {
    describe!("CumprodBackward0", dim);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.output(0);
        x[0].cumprod(self.dim).into()
    }

    /// Without zeros the running sum from the end of `dy·y`, divided by `x`.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (dy, x, dim) = (dy.single(), &saved[0], self.dim);
        let value = x.value();
        if value.ndim() == 0 {
            return dy.into();
        }
        if !value.eq(0).any().item_as::<bool>() {
            return (backwards(dy * &saved[1], dim, |sums| sums.cumsum(dim)) / x).into();
        }
        if let (Some(x), Some(y), Some(dy)) = (x.plain(), saved[1].plain(), dy.plain()) {
            let [x, y, dy] = [x, y, dy].map(|x| x.transpose(dim, -1).contiguous());
            let dx = by_float!("cumprod", &x, T => in_rows::<T>(&x, &y, &dy));
            return V::constant(dx.transpose(dim, -1)).into();
        }
        // Each row once for each of its elements, with a 1 in that element's place; what ends before it has
        // no part of it.
        let rows = x.transpose(dim, -1);
        let n = value.size(dim);
        let shape = rows.value().shape().to_vec();
        let many = value.numel() / n;
        let squares = rows.reshape(&[many, 1, n]).expand(&[many, n, n]);
        let others = squares.masked_fill(&tensor::eye(n).to_dtype(DType::Bool), 1.0).cumprod(-1).triu(0);
        let dy = dy.transpose(dim, -1).reshape(&[many, 1, n]);
        (others * &dy).sum_dim(&[-1], false).reshape(&shape).transpose(dim, -1).into()
    }
}

/// Before the first zero of a row the running sum from there of `dy·y`, divided by `x`; at the zero the
/// product of what lies before it with what comes of it, up to the next zero; behind it nothing.
fn in_rows<T: Float>(x: &Tensor, y: &Tensor, dy: &Tensor) -> Tensor {
    let n = x.size(-1);
    let [x_rows, y_rows, dy_rows] = [x, y, dy].map(|x| x.as_slice::<T>().chunks_exact(n));
    let mut dx = vec![T::ZERO; x.numel()];
    for (((dx, x), y), dy) in dx.chunks_exact_mut(n).zip(x_rows).zip(y_rows).zip(dy_rows) {
        let next_zero = |from: usize| (from..n).find(|&i| x[i] == T::ZERO).unwrap_or(n);
        let first = next_zero(0);
        let mut sum = 0.0;
        for i in (0..first).rev() {
            sum += (y[i] * dy[i]).to_f64();
            dx[i] = T::from_f64(sum) / x[i];
        }
        if first < n {
            let (mut product, mut sum) = (T::ONE, dy[first]);
            for i in first + 1..next_zero(first + 1) {
                product *= x[i];
                sum += dy[i] * product;
            }
            dx[first] = if first > 0 { y[first - 1] * sum } else { sum };
        }
    }
    Tensor::from_vec(dx, x.shape())
}

struct LogCumSumExp {
    dim: isize,
}

impl Op for LogCumSumExp {
    describe!("LogcumsumexpBackward0", dim);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.output(0);
        x[0].logcumsumexp(self.dim).into()
    }

    /// `dx = eˣ·Σ dy·e⁻ʸ` from the end, in logarithms: for what is positive and what is negative.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (dy, dim) = (dy.single(), self.dim);
        if dy.value().ndim() == 0 {
            return dy.into();
        }
        let lowest = if dy.value().dtype() == DType::F32 { f64::from(f32::MIN) } else { f64::MIN };
        let part = |dy: V| {
            let none = dy.value().gt(0).logical_not();
            let logarithms = dy.masked_fill(&none, 1.0).log().masked_fill(&none, lowest);
            let sums = backwards(logarithms - &saved[1], dim, |x| x.logcumsumexp(dim));
            (sums + &saved[0]).exp()
        };
        (part(dy.clone()) - part(-dy)).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn gradients_match_finite_differences_with_and_without_zeros() {
        for zeros in 0..4 {
            let mut x = [0.5, -1.0, 2.0, 3.5, -2.1, 0.1];
            x[1..][..zeros].fill(0.0);
            let x = Tensor::from(x).reshape([2, 3]);
            gradchecks(|x| x[0].cumprod(0), &[x.clone()]);
            gradchecks(|x| x[0].cumprod(-1), &[x]);
        }
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.1, 0.1]]);
        gradchecks(|x| x[0].logcumsumexp(0), &[x.clone()]);
        gradchecks(|x| x[0].logcumsumexp(1), &[x.clone()]);
        gradchecks(|x| x[0].cummax(0).0, &[x.clone()]);
        gradchecks(|x| x[0].cummin(-1).0, &[x]);
        gradchecks(|x| x[0].cumprod(0), &[Tensor::from(3.0)]);
    }
}
