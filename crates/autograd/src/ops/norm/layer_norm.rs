use tensor::{OptionValue, Tensor, Value};

use super::{Affine, Normalized};
use crate::op::sum_to;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `y = (x − mean)/√(variance + eps)·weight + bias` with mean and biased variance over the last axes,
    /// which have `normalized_shape` (Ba, Kiros and Hinton, *Layer normalization*, 2016), as
    /// `torch.nn.functional.layer_norm`. `weight` and `bias` have that shape; torch's `eps` is 1e-5.
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([[1.0f32, 3.0], [10.0, 14.0]]));
    /// let y = x.layer_norm(&[2], None, None, 0.0);
    /// assert_eq!(y.data().to_vec::<f32>(), [-1.0, 1.0, -1.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If the last axes have another shape, or the dtypes are not the same float.
    #[track_caller]
    pub fn layer_norm(
        &self,
        normalized_shape: &[usize],
        weight: Option<&Variable>,
        bias: Option<&Variable>,
        eps: f64,
    ) -> Variable {
        let inputs = Affine::inputs(self, weight, bias);
        let shape = normalized_shape.to_vec();
        apply(LayerNorm { shape, eps, affine: Affine::of(weight, bias) }, &inputs).single()
    }
}

struct LayerNorm {
    shape: Vec<usize>,
    eps: f64,
    affine: Affine,
}

impl Op for LayerNorm {
    fn name(&self) -> &'static str {
        "NativeLayerNormBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        vec![("normalized_shape", self.shape.to_value()), ("eps", self.eps.to_value())]
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        let [weight, bias] = self.affine.split(x);
        let (y, mean, inverse) = x[0].native_layer_norm(&self.shape, weight, bias, self.eps);
        self.affine.save(save, [mean, inverse]);
        y.into()
    }

    /// As for batch norm, with the last axes as what the statistics are taken over.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (x, dy, needs) = (&saved[0], dy.single(), self.affine.needs(needs));
        let weight = self.affine.weight.then(|| &saved[1]);
        if let (Some(x), Some(dy)) = (x.plain(), dy.plain()) {
            let statistics = [&*saved[2].value(), &*saved[3].value()];
            let weight = weight.and_then(V::plain);
            let all = dy.native_layer_norm_backward(x, &self.shape, statistics, weight, needs);
            return self.affine.gradients(all.map(|gradient| gradient.map(V::constant)));
        }
        let dims = (1..=self.shape.len() as isize).map(|dim| -dim).collect();
        let normalized = Normalized::of(x, dims, self.eps);
        let dw = needs[1].then(|| sum_to(dy.clone() * &normalized.x_hat, &self.shape));
        let db = needs[2].then(|| sum_to(dy.clone(), &self.shape));
        let dx = needs[0].then(|| {
            normalized.back(match weight {
                Some(weight) => dy * weight,
                None => dy,
            })
        });
        self.affine.gradients([dx, dw, db])
    }
}

#[cfg(test)]
mod tests {
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences() {
        for (shape, last) in [(&[2, 3, 4][..], &[4][..]), (&[3, 2, 3], &[2, 3]), (&[5], &[5])] {
            let (x, w, b) = (numbers(shape), numbers(last), numbers(last));
            gradchecks(|v| v[0].layer_norm(last, None, None, 1e-3), std::slice::from_ref(&x));
            gradchecks(|v| v[0].layer_norm(last, Some(&v[1]), None, 1e-3), &[x.clone(), w.clone()]);
            gradchecks(|v| v[0].layer_norm(last, None, Some(&v[1]), 1e-3), &[x.clone(), b.clone()]);
            gradchecks(|v| v[0].layer_norm(last, Some(&v[1]), Some(&v[2]), 1e-3), &[x, w, b]);
        }
    }
}
