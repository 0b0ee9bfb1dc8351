//! Brings a rule's gradient to the shape and dtype of the input that it belongs to.

use super::Edge;
use crate::Differentiable;
use crate::op::sum_to;

impl Edge {
    /// The gradient that `rule` gave for its input `index`, in the shape and dtype of that input: repeats
    /// are summed, and the product of two dtypes comes back to each factor in its own, as in torch.
    ///
    /// # Panics
    /// If the input does not broadcast to the gradient's shape.
    #[track_caller]
    pub(crate) fn fit<V: Differentiable>(&self, gradient: &mut V, rule: &str, index: usize) {
        let (shape, dtype) = match self {
            Edge::Nowhere => return,
            Edge::Node(node, output) => {
                let (shape, dtype) = &node.outputs[*output];
                (shape, *dtype)
            }
            Edge::Leaf(leaf) => (&leaf.shape, leaf.gathered().dtype),
        };
        let value = gradient.value();
        if dtype == value.dtype() && shape[..] == *value.shape() {
            return;
        }
        let got = value.shape();
        let fits = got.len() >= shape.len()
            && shape.iter().rev().zip(got.iter().rev()).all(|(&x, &g)| x == g || x == 1);
        assert!(
            fits,
            "Function {rule} returned an invalid gradient at index {index} - got {got:?} but expected shape \
             compatible with {shape:?}"
        );
        drop(value);
        *gradient = sum_to(gradient.clone(), shape).to_dtype(dtype);
    }
}
