use tensor::{Integers, PadMode, Padded, Tensor};

use crate::op::attributes;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The variable with `padding` more elements at the ends of its last axes, as `torch.nn.functional.pad`;
    /// see [`Tensor::pad`]. The gradient of an element is the sum over its copies.
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::{PadMode, Tensor};
    ///
    /// let x = Variable::new(Tensor::from([[1.0f32, 2.0, 3.0]])).requires_grad_(true);
    /// x.pad(&[1, 2], PadMode::Reflect).sum().backward();
    /// assert_eq!(x.grad().unwrap().to_vec::<f32>(), [2.0, 3.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// As [`Tensor::pad`].
    #[track_caller]
    pub fn pad(&self, padding: impl Integers, mode: PadMode) -> Variable {
        self.padded(&padding.integers(), mode)
    }

    #[track_caller]
    fn padded(&self, padding: &[isize], mode: PadMode) -> Variable {
        let padded = Padded::new(&self.shape(), padding, mode);
        let node = match mode {
            PadMode::Constant(_) => "ConstantPadNdBackward0",
            PadMode::Reflect => {
                ["ReflectionPad1DBackward0", "ReflectionPad2DBackward0", "ReflectionPad3DBackward0"]
                    [padding.len() / 2 - 1]
            }
            PadMode::Replicate => {
                ["ReplicationPad1DBackward0", "ReplicationPad2DBackward0", "ReplicationPad3DBackward0"]
                    [padding.len() / 2 - 1]
            }
            PadMode::Circular => "CopySlices",
        };
        apply(Pad { node, padding: padding.to_vec(), padded, back: false }, &[self]).single()
    }
}

/// The padding, or with `back` the way back: each is the gradient of the other.
#[derive(Clone)]
struct Pad {
    node: &'static str,
    padding: Vec<isize>,
    padded: Padded,
    back: bool,
}

impl Op for Pad {
    fn name(&self) -> &'static str {
        self.node
    }

    attributes!(padding);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        if self.node.starts_with("Re") {
            // Reflection and replication keep their input in torch.
            save.spent();
        }
        if self.back { self.padded.back(&x[0]) } else { self.padded.forward(&x[0]) }.into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let padded = self.padded.gradient();
        dy.single().through(Pad { padded, back: !self.back, ..self.clone() }).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::{PadMode, Tensor};

    use crate::gradcheck::gradchecks;

    #[test]
    fn pad_gradient_matches_finite_differences() {
        let x = Tensor::from([[[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]]);
        for mode in [2.0.into(), PadMode::Reflect, PadMode::Replicate, PadMode::Circular] {
            gradchecks(|x| x[0].pad([2, 1, 1, 0], mode).square(), &[x.clone()]);
            gradchecks(|x| x[0].pad([2, -1], mode), &[x.clone()]);
        }
        gradchecks(|x| x[0].pad([1, 0, 0, 1, 2, -1], 0.0.into()), &[x]);
    }
}
