use tensor::Tensor;

use super::{Affine, Normalized, all_but_channels, by_channel};
use crate::{Differentiable, Dy, Grads, Op, Options, Outputs, Saved, Saver, Variable, apply};

/// The options of [`Variable::batch_norm`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor)]
pub struct BatchNormFuncOptions {
    /// Whether the batch itself is what is normalised by. Default no.
    pub training: bool,
    /// How much of the running statistics a batch replaces. Default 0.1.
    #[option(default = 0.1)]
    pub momentum: f64,
    /// What is added to the variance. Default 1e-5.
    #[option(default = 1e-5)]
    pub eps: f64,
}

impl Variable {
    /// `y = (x − mean)/√(variance + eps)·weight + bias` for each channel of `[N, C, …]` (Ioffe and Szegedy,
    /// *Batch normalization: accelerating deep network training by reducing internal covariate shift*, 2015),
    /// as `torch.nn.functional.batch_norm`.
    ///
    /// In training, mean and biased variance are those of `x` over all axes but the second, and the `running`
    /// mean and variance, if there are any, move towards the batch's: `(1 − momentum)·running +
    /// momentum·new`, with the unbiased variance. Else the running ones are taken. All parameters are `[C]`.
    ///
    /// ```
    /// use autograd::{BatchNormFuncOptions, Variable};
    /// use tensor::{Tensor, ones, zeros};
    ///
    /// let x = Variable::new(Tensor::from([[1.0f32], [3.0]]));
    /// let (mean, var) = (Variable::new(zeros([1])), Variable::new(ones([1])));
    /// let options = BatchNormFuncOptions { training: true, momentum: 0.5, eps: 1e-9 };
    /// let y = x.batch_norm(Some([&mean, &var]), None, None, options);
    /// assert_eq!(y.data().to_vec::<f32>(), [-1.0, 1.0]);
    /// assert_eq!((mean.item(), var.item()), (1.0, 1.5));
    /// ```
    ///
    /// # Panics
    /// In training, if there is one value per channel or `eps` is not positive; otherwise, if there are no
    /// running statistics or `eps` is negative; if sizes do not fit, or the dtypes are not the same float.
    #[track_caller]
    pub fn batch_norm(
        &self,
        running: Option<[&Variable; 2]>,
        weight: Option<&Variable>,
        bias: Option<&Variable>,
        options: BatchNormFuncOptions,
    ) -> Variable {
        let op = BatchNorm {
            options,
            running: running.map(|running| running.map(Variable::data)),
            affine: Affine::of(weight, bias),
        };
        assert!(
            options.training || running.is_some(),
            "batch_norm: running_mean must be defined in evaluation mode"
        );
        let inputs = Affine::inputs(self, weight, bias);
        if !options.training {
            return apply(op, &inputs).single();
        }
        let before = op.running.clone();
        let [y, mean, squares] = apply(op, &inputs).array();
        if let (Some(running), Some(before)) = (running, before) {
            let channels = mean.numel().max(1);
            let updated = Tensor::native_batch_norm_update(
                before.each_ref(),
                [&mean.data(), &squares.data()],
                self.numel() / channels,
                options.momentum,
            );
            if self.numel() > 0 {
                running.into_iter().zip(updated).for_each(|(running, updated)| running.set_data(updated));
            }
        }
        y
    }
}

/// Its outputs in training are also the mean and `Σ(x − mean)²` of each channel, which nobody differentiates.
struct BatchNorm {
    options: BatchNormFuncOptions,
    /// The running mean and variance.
    running: Option<[Tensor; 2]>,
    affine: Affine,
}

impl Op for BatchNorm {
    fn name(&self) -> &'static str {
        "NativeBatchNormBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, tensor::Value)> {
        self.options.saved()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        let [weight, bias] = self.affine.split(x);
        let running = self.running.as_ref().filter(|_| !self.options.training);
        let running = running.map(|running| running.each_ref());
        let (y, [mean, inverse], squares) = x[0].native_batch_norm(running, weight, bias, self.options.eps);
        self.affine.save(save, [mean.clone(), inverse]);
        match squares {
            Some(squares) => [y, mean, squares].into(),
            None => y.into(),
        }
    }

    /// With `x̂ = (x − mean)·inverse` and `d = dy·weight`: `dx = (d − mean(d) − x̂·mean(d·x̂))·inverse` if
    /// the statistics are those of `x`, else `d·inverse`; `dweight = Σ dy·x̂`, `dbias = Σ dy`.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dy = dy.into_iter().next().flatten().expect("nothing but the first output is given away");
        let needs = self.affine.needs(needs);
        let weight = self.affine.weight.then(|| &saved[1]);
        let (x, training) = (&saved[0], self.options.training);
        if let (Some(x), Some(dy)) = (x.plain(), dy.plain()) {
            let statistics = [&*saved[2].value(), &*saved[3].value()];
            let weight = weight.and_then(V::plain);
            let (dx, dw, db) = dy.native_batch_norm_backward(x, statistics, weight, training, needs[0]);
            return self.affine.gradients([dx, Some(dw), Some(db)].map(|gradient| gradient.map(V::constant)));
        }
        let ndim = x.value().ndim();
        let dims = all_but_channels(ndim);
        let normalized = if training {
            Normalized::of(x, dims.clone(), self.options.eps)
        } else {
            let inverse = by_channel(&saved[3], ndim);
            let x_hat = (x.clone() - &by_channel(&saved[2], ndim)) * &inverse;
            Normalized { x_hat, inverse, dims: dims.clone() }
        };
        let dw = needs[1].then(|| (dy.clone() * &normalized.x_hat).sum_dim(&dims, false));
        let db = needs[2].then(|| dy.sum_dim(&dims, false));
        let dx = needs[0].then(|| {
            let d = match weight {
                Some(weight) => dy * &by_channel(weight, ndim),
                None => dy,
            };
            if training { normalized.back(d) } else { d * &normalized.inverse }
        });
        self.affine.gradients([dx, dw, db])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences() {
        for (training, shape) in
            [(true, &[3, 2][..]), (true, &[2, 2, 3]), (false, &[3, 2]), (false, &[2, 2, 2, 2])]
        {
            let options = BatchNormFuncOptions { training, eps: 1e-3, ..Default::default() };
            let running = [numbers(&[2]), numbers(&[2]).abs()].map(Variable::new);
            let running = || (!training).then_some(running.each_ref());
            let (x, w, b) = (numbers(shape), numbers(&[2]), numbers(&[2]));
            gradchecks(|v| v[0].batch_norm(running(), None, None, options), std::slice::from_ref(&x));
            gradchecks(|v| v[0].batch_norm(running(), Some(&v[1]), None, options), &[x.clone(), w.clone()]);
            gradchecks(|v| v[0].batch_norm(running(), None, Some(&v[1]), options), &[x.clone(), b.clone()]);
            gradchecks(|v| v[0].batch_norm(running(), Some(&v[1]), Some(&v[2]), options), &[x, w, b]);
        }
    }

    #[test]
    fn of_nothing_there_are_gradients_and_no_statistics() {
        let leaf = |shape: &[usize]| Variable::new(tensor::ones(shape)).requires_grad_(true);
        let (x, w, mean) = (leaf(&[0, 3, 2]), leaf(&[3]), Variable::new(tensor::zeros([3])));
        let options = BatchNormFuncOptions { training: true, ..Default::default() };
        let y = x.batch_norm(Some([&mean, &mean]), Some(&w), None, options);
        y.sum().backward();
        assert_eq!((y.shape(), mean.data().to_vec::<f32>()), (vec![0, 3, 2], vec![0.0; 3]));
        assert_eq!(w.grad().unwrap().to_vec::<f32>(), [0.0; 3]);
    }
}
