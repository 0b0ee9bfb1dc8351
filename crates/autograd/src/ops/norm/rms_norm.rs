use tensor::{DType, OptionValue, Tensor, Value};

use super::Affine;
use crate::op::sum_to;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `y = x/√(mean(x²) + eps)·weight` with the mean over the last axes, which have `normalized_shape`
    /// (Zhang and Sennrich, *Root mean square layer normalization*, 2019), as
    /// `torch.nn.functional.rms_norm`. `weight` has that shape. Without an `eps`, as by torch's default, it
    /// is the distance from 1 to the next number of the dtype.
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([[3.0f32, -3.0], [0.5, 0.5]]));
    /// assert_eq!(x.rms_norm(&[2], None, 0.0).data().to_vec::<f32>(), [1.0, -1.0, 1.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If the last axes have another shape, or `x` holds no floats.
    #[track_caller]
    pub fn rms_norm(
        &self,
        normalized_shape: &[usize],
        weight: Option<&Variable>,
        eps: impl Into<Option<f64>>,
    ) -> Variable {
        let inputs: Vec<&Variable> = [self].into_iter().chain(weight).collect();
        let affine = Affine::of(weight, None);
        apply(RmsNorm { shape: normalized_shape.to_vec(), eps: eps.into(), affine }, &inputs).single()
    }
}

struct RmsNorm {
    shape: Vec<usize>,
    eps: Option<f64>,
    affine: Affine,
}

impl Op for RmsNorm {
    fn name(&self) -> &'static str {
        "MulBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        vec![("normalized_shape", self.shape.to_value()), ("eps", self.eps.to_value())]
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        let [weight, _] = self.affine.split(x);
        let (y, inverse) = x[0].native_rms_norm(&self.shape, weight, self.eps);
        save.input(0);
        save.input_if(self.affine.weight, 1);
        save.constant(|| inverse);
        y.into()
    }

    /// With `r = 1/√(mean(x²) + eps)` and `d = dy·weight`: `dx = d·r − x·r³·mean(d·x)`, `dweight = Σ dy·x·r`.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (x, dy, [input, affine, _]) = (&saved[0], dy.single(), self.affine.needs(needs));
        let weight = self.affine.weight.then(|| &saved[1]);
        if let (Some(x), Some(dy)) = (x.plain(), dy.plain()) {
            let (inverse, weight) = (saved[2].value(), weight.and_then(V::plain));
            let [dx, dw] = dy.native_rms_norm_backward(x, &self.shape, &inverse, weight, [input, affine]);
            return self.affine.gradients([dx, dw, None].map(|gradient| gradient.map(V::constant)));
        }
        let dims: Vec<isize> = (1..=self.shape.len() as isize).map(|dim| -dim).collect();
        let epsilon = if x.value().dtype() == DType::F64 { f64::EPSILON } else { f32::EPSILON.into() };
        let squares = (x.clone() * x).mean_dim(&dims, true);
        let r = (squares + self.eps.unwrap_or(epsilon)).powf(-0.5);
        let x_hat = x.clone() * &r;
        let dw = affine.then(|| sum_to(dy.clone() * &x_hat, &self.shape));
        let dx = input.then(|| {
            let d = match weight {
                Some(weight) => dy * weight,
                None => dy,
            };
            let along = (d.clone() * &x_hat).mean_dim(&dims, true);
            (d - x_hat * &along) * &r
        });
        self.affine.gradients([dx, dw, None])
    }
}

#[cfg(test)]
mod tests {
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences() {
        let (x, w) = (numbers(&[2, 3, 2]), numbers(&[3, 2]));
        gradchecks(|v| v[0].rms_norm(&[2], None, None), std::slice::from_ref(&x));
        gradchecks(|v| v[0].rms_norm(&[3, 2], Some(&v[1]), 0.1), &[x, w]);
    }
}
