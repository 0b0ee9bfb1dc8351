use tensor::{Operand, OptionValue, Tensor, Value};

use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `z = x + weight·(end − x)`, as [`Tensor::lerp`]: `dx = (1 − weight)·dz`, `d(end) = weight·dz` and
    /// `d(weight) = (end − x)·dz`.
    ///
    /// # Panics
    /// If the operands are not of one float dtype, or their shapes do not broadcast.
    #[track_caller]
    pub fn lerp<'a>(&self, end: &Variable, weight: impl Into<Operand<'a, Variable>>) -> Variable {
        match weight.into() {
            Operand::Number(weight) => apply(Lerp(Some(weight.to_f64())), &[self, end]),
            Operand::Array(weight) => apply(Lerp(None), &[self, end, weight]),
        }
        .single()
    }
}

/// With a number as its weight, or with a third operand.
struct Lerp(Option<f64>);

impl Op for Lerp {
    fn name(&self) -> &'static str {
        if self.0.is_some() { "LerpBackward0" } else { "LerpBackward1" }
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.0.map(|weight| ("weight", weight.to_value())).into_iter().collect()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        match self.0 {
            Some(weight) => x[0].lerp(&x[1], weight),
            None => {
                save.input_if(save.needs[0] || save.needs[1], 2);
                save.input_if(save.needs[2], 0);
                save.input_if(save.needs[2], 1);
                x[0].lerp(&x[1], &x[2])
            }
        }
        .into()
    }

    /// The graph sums over repeats.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dz: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dz = dz.single();
        if let Some(weight) = self.0 {
            let dx = needs[0].then(|| dz.clone() * (1.0 - weight));
            return [dx, needs[1].then(|| dz * weight)].into();
        }
        let dx = needs[0].then(|| dz.clone() * ((-saved[0].clone()) + 1.0));
        let d_end = needs[1].then(|| dz.clone() * &saved[0]);
        let d_weight = needs[2].then(|| dz * (saved[2].clone() - &saved[1]));
        [dx, d_end, d_weight].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn lerp_gradient_matches_finite_differences() {
        let (x, end) = (Tensor::from([[0.5, -1.0], [3.5, 2.0]]), Tensor::from([0.3, 0.7]));
        let weight = Tensor::from([[0.2], [0.9]]);
        gradchecks(|x| x[0].lerp(&x[1], 0.3), &[x.clone(), end.clone()]);
        gradchecks(|x| x[0].lerp(&x[1], &x[2]), &[x, end, weight]);
    }
}
