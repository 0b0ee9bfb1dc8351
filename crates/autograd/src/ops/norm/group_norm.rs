use tensor::Tensor;

use super::{Affine, Normalized, all_but_channels, by_channel};
use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `y = (x − mean)/√(variance + eps)·weight + bias` with the mean and the biased variance of each of
    /// `num_groups` groups of channels in each image of `[N, C, …]` (Wu and He, *Group normalization*, 2018),
    /// as `torch.nn.functional.group_norm`. `weight` and `bias` are `[C]`; torch's `eps` is 1e-5.
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([[1.0f32, 3.0, 10.0, 14.0]]));
    /// assert_eq!(x.group_norm(2, None, None, 0.0).data().to_vec::<f32>(), [-1.0, 1.0, -1.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If the channels make no such groups, there is one value per group in all, an image is empty, or the
    /// dtypes are not the same float.
    #[track_caller]
    pub fn group_norm(
        &self,
        num_groups: usize,
        weight: Option<&Variable>,
        bias: Option<&Variable>,
        eps: f64,
    ) -> Variable {
        let inputs = Affine::inputs(self, weight, bias);
        apply(GroupNorm { num_groups, eps, affine: Affine::of(weight, bias) }, &inputs).single()
    }
}

struct GroupNorm {
    num_groups: usize,
    eps: f64,
    affine: Affine,
}

impl Op for GroupNorm {
    describe!("NativeGroupNormBackward0", num_groups, eps);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        let [weight, bias] = self.affine.split(x);
        let (y, mean, inverse) = x[0].native_group_norm(self.num_groups, weight, bias, self.eps);
        self.affine.save(save, [mean, inverse]);
        y.into()
    }

    /// As for batch norm, on `[N, groups, …]`.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (x, dy, needs) = (&saved[0], dy.single(), self.affine.needs(needs));
        let weight = self.affine.weight.then(|| &saved[1]);
        if let (Some(x), Some(dy)) = (x.plain(), dy.plain()) {
            let statistics = [&*saved[2].value(), &*saved[3].value()];
            let weight = weight.and_then(V::plain);
            let (dx, dw, db) = dy.native_group_norm_backward(x, statistics, weight, needs[0]);
            return self.affine.gradients([dx, Some(dw), Some(db)].map(|gradient| gradient.map(V::constant)));
        }
        let shape = x.value().shape().to_vec();
        let rows = [shape[0], self.num_groups, shape[1..].iter().product::<usize>() / self.num_groups];
        let normalized = Normalized::of(&x.reshape(&rows), vec![2], self.eps);
        let dims = all_but_channels(shape.len());
        let dw = needs[1].then(|| (dy.clone() * &normalized.x_hat.reshape(&shape)).sum_dim(&dims, false));
        let db = needs[2].then(|| dy.sum_dim(&dims, false));
        let dx = needs[0].then(|| {
            let d = match weight {
                Some(weight) => dy * &by_channel(weight, shape.len()),
                None => dy,
            };
            normalized.back(d.reshape(&rows)).reshape(&shape)
        });
        self.affine.gradients([dx, dw, db])
    }
}

#[cfg(test)]
mod tests {
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences() {
        for (shape, groups) in [(&[2, 4, 3][..], 2), (&[2, 4], 1), (&[1, 4, 2, 2], 4)] {
            let (x, w, b) = (numbers(shape), numbers(&[4]), numbers(&[4]));
            gradchecks(|v| v[0].group_norm(groups, None, None, 1e-3), std::slice::from_ref(&x));
            gradchecks(|v| v[0].group_norm(groups, Some(&v[1]), None, 1e-3), &[x.clone(), w.clone()]);
            gradchecks(|v| v[0].group_norm(groups, None, Some(&v[1]), 1e-3), &[x.clone(), b.clone()]);
            gradchecks(|v| v[0].group_norm(groups, Some(&v[1]), Some(&v[2]), 1e-3), &[x, w, b]);
        }
    }
}
