use tensor::{Integers, Tensor};

use super::sum::kept_shape;
use crate::op::attributes;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The unbiased variance of all elements (divided by `n − 1`), as `torch.var`.
    #[track_caller]
    pub fn var(&self) -> Variable {
        self.var_over(&[], 1, false)
    }

    /// The variance over the axes `dims` (all if empty), divided by `n − correction`;
    /// `dx = 2(x − x̄)/(n − correction)·dy`.
    ///
    /// # Panics
    /// If an axis does not exist.
    #[track_caller]
    pub fn var_dim(&self, dims: impl Integers, correction: usize, keepdim: bool) -> Variable {
        self.var_over(&dims.integers(), correction, keepdim)
    }

    #[track_caller]
    fn var_over(&self, dims: &[isize], correction: usize, keepdim: bool) -> Variable {
        self.spread(dims, correction, keepdim, false, false).single()
    }

    /// The unbiased standard deviation of all elements, as `torch.std`.
    #[track_caller]
    pub fn std(&self) -> Variable {
        self.std_over(&[], 1, false)
    }

    /// The square root of [`Variable::var_dim`]; equal elements, where it has no derivative, get the
    /// gradient 0.
    ///
    /// # Panics
    /// If an axis does not exist.
    #[track_caller]
    pub fn std_dim(&self, dims: impl Integers, correction: usize, keepdim: bool) -> Variable {
        self.std_over(&dims.integers(), correction, keepdim)
    }

    #[track_caller]
    fn std_over(&self, dims: &[isize], correction: usize, keepdim: bool) -> Variable {
        self.spread(dims, correction, keepdim, true, false).single()
    }

    /// The unbiased variance and the mean of all elements, as `torch.var_mean`.
    #[track_caller]
    pub fn var_mean(&self) -> (Variable, Variable) {
        self.var_mean_dim((), 1, false)
    }

    /// The variance and the mean over the axes `dims`, in one pass, as [`Tensor::var_mean_dim`].
    ///
    /// # Panics
    /// If an axis does not exist.
    #[track_caller]
    pub fn var_mean_dim(
        &self,
        dims: impl Integers,
        correction: usize,
        keepdim: bool,
    ) -> (Variable, Variable) {
        let [var, mean] = self.spread(&dims.integers(), correction, keepdim, false, true).array();
        (var, mean)
    }

    /// The unbiased standard deviation and the mean of all elements, as `torch.std_mean`.
    #[track_caller]
    pub fn std_mean(&self) -> (Variable, Variable) {
        self.std_mean_dim((), 1, false)
    }

    /// The standard deviation and the mean over the axes `dims`, in one pass, as [`Tensor::std_mean_dim`].
    ///
    /// # Panics
    /// If an axis does not exist.
    #[track_caller]
    pub fn std_mean_dim(
        &self,
        dims: impl Integers,
        correction: usize,
        keepdim: bool,
    ) -> (Variable, Variable) {
        let [std, mean] = self.spread(&dims.integers(), correction, keepdim, true, true).array();
        (std, mean)
    }

    #[track_caller]
    fn spread(
        &self,
        dims: &[isize],
        correction: usize,
        keepdim: bool,
        root: bool,
        mean: bool,
    ) -> Outputs<Variable> {
        apply(Spread { dims: dims.to_vec(), correction, keepdim, root, mean }, &[self])
    }
}

/// The variance or its root, and the mean if it is asked for.
struct Spread {
    dims: Vec<isize>,
    correction: usize,
    keepdim: bool,
    root: bool,
    mean: bool,
}

impl Spread {
    /// The gradient from that of the variance.
    fn derivative<V: Differentiable>(&self, x: &V, dy: V) -> V {
        let (value, dims) = (x.value(), &self.dims);
        let kept = kept_shape(value.shape(), dims);
        let free = (value.numel() / kept.iter().product::<usize>().max(1)) as f64 - self.correction as f64;
        let dy = dy.reshape(&kept);
        let mean = x.mean_dim(dims, true);
        if (dims.is_empty() || value.ndim() == 0) && free <= 0.0 {
            // As torch: an infinite slope, and none at all at the mean.
            let [nan, infinity] = [f64::NAN, f64::INFINITY].map(|y| tensor::full_dtype((), y, value.dtype()));
            return V::constant(value.eq(&*mean.value()).where_(&nan, &infinity)) * &dy;
        }
        (x.clone() - &mean) * &dy.into_mul_scalar(2.0 / free)
    }

    /// The gradient from that of the mean.
    fn of_mean<V: Differentiable>(&self, x: &V, dy: V) -> V {
        let value = x.value();
        let kept = kept_shape(value.shape(), &self.dims);
        let n = value.numel() as f64 / kept.iter().product::<usize>().max(1) as f64;
        (dy.reshape(&kept) / n).expand(value.shape())
    }
}

/// `dy / 2y`, the gradient of the variance from that of its root.
fn below_root<V: Differentiable>(dy: V, y: &V) -> V {
    (dy / &(y.clone() * 2.0)).masked_fill(&y.value().eq(0), 0.0)
}

impl Op for Spread {
    fn name(&self) -> &'static str {
        match (self.root, self.mean) {
            (false, false) => "VarBackward0",
            (true, false) => "StdBackward0",
            (false, true) => "VarMeanBackward0",
            (true, true) => "StdMeanBackward0",
        }
    }

    attributes!(dim: dims, correction, keepdim);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        if self.root {
            save.output(0);
        }
        let (x, dims, correction, keepdim) = (&x[0], &self.dims, self.correction, self.keepdim);
        match (self.root, self.mean) {
            (false, false) => x.var_dim(dims, correction, keepdim).into(),
            (true, false) => x.std_dim(dims, correction, keepdim).into(),
            (false, true) => <[Tensor; 2]>::from(x.var_mean_dim(dims, correction, keepdim)).into(),
            (true, true) => <[Tensor; 2]>::from(x.std_mean_dim(dims, correction, keepdim)).into(),
        }
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (x, mut dy) = (&saved[0], dy.into_iter());
        let by_spread = dy
            .next()
            .flatten()
            .map(|dy| self.derivative(x, if self.root { below_root(dy, &saved[1]) } else { dy }));
        let by_mean = dy.next().flatten().map(|dy| self.of_mean(x, dy));
        [match (by_spread, by_mean) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        }]
        .into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Variable;
    use crate::gradcheck::gradchecks;

    #[test]
    fn var_and_std_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradchecks(|x| x[0].var(), &[x.clone()]);
        gradchecks(|x| x[0].var_dim(1, 0, false), &[x.clone()]);
        gradchecks(|x| x[0].std_dim(0, 1, true), &[x.clone()]);
        gradchecks(|x| x[0].std(), &[x.clone()]);
        gradchecks(|x| x[0].std_mean_dim(1, 1, true).0, &[x.clone()]);
        gradchecks(|x| x[0].var_mean().1, &[x.clone()]);
        gradchecks(
            |x| {
                let (var, mean) = x[0].var_mean_dim(0, 0, false);
                var * mean
            },
            &[x],
        );
    }

    /// torch 2.15.
    #[test]
    fn gradients_of_large_values_and_of_no_freedom() {
        let gradient = |x: &[f32], y: fn(&Variable) -> Variable| {
            let x = Variable::new(Tensor::from(x)).requires_grad_(true);
            y(&x).backward();
            x.grad().expect("a leaf").to_vec::<f32>()
        };
        assert_eq!(gradient(&[1e30, -1e30, 0.0], |x| x.std()), [0.5, -0.5, 0.0]);
        assert_eq!(gradient(&[1e30, -1e30, 0.0], |x| x.var()), [1e30, -1e30, 0.0]);
        assert_eq!(gradient(&[2.0, 2.0, 2.0], |x| x.std()), [0.0; 3]);
        assert_eq!(
            gradient(&[1.0, 2.0, 4.0], |x| x.var_dim(0, 5, false)),
            [1.3333333, 0.33333325, -1.6666667]
        );
        let edge = gradient(&[1.0, 2.0, 3.0], |x| x.var_dim(0, 3, false));
        assert!(edge[0] == f32::NEG_INFINITY && edge[1].is_nan() && edge[2] == f32::INFINITY);
        assert!(gradient(&[1.0], |x| x.std())[0].is_nan() && gradient(&[1.0], |x| x.var())[0].is_nan());
        assert!(gradient(&[], |x| x.var()).is_empty() && gradient(&[], |x| x.std()).is_empty());
    }
}
