//! Recurrent layers, a direction of a layer at a time, and what their cells do with their gates.

mod gru;
mod lstm;
mod lstm_layer;
mod recurrent_layer;
mod steps;

pub use gru::gru_gates;
pub use lstm::lstm_gates;
pub use lstm_layer::lstm_layer;
pub use recurrent_layer::recurrent_layer;
pub use steps::recurrent_steps;

#[cfg(test)]
mod tests {
    use tensor::{DType, RecurrentCellKind, Tensor, randn};
    use testing::{Within, assert_close};

    use super::*;
    use crate::gradcheck::{gradchecks, numbers};
    use crate::{GradOptions, Variable, cat, grad_with};

    /// What a layer computes of its inputs, all results in one row.
    type Layer = Box<dyn Fn(&[Variable]) -> Variable>;

    fn row(results: &[Variable]) -> Variable {
        cat(&results.iter().map(|y| y.reshape([y.numel()])).collect::<Vec<_>>(), 0)
    }

    fn lstm(reverse: bool) -> Layer {
        Box::new(move |x| {
            let biases = (x.len() > 5).then(|| [&x[5], &x[6]]);
            row(&lstm_layer(&x[0], [&x[1], &x[2]], [&x[3], &x[4]], biases, reverse))
        })
    }

    fn recurrent(cell: RecurrentCellKind, batch_sizes: &'static [usize]) -> Layer {
        Box::new(move |x| row(&recurrent_layer(cell, &x[0], &x[1], &x[2], x.get(3), batch_sizes)))
    }

    /// Layers with the shapes of their inputs.
    fn layers() -> Vec<(Layer, Vec<Vec<usize>>)> {
        let shapes = |shapes: &[&[usize]]| shapes.iter().map(|shape| shape.to_vec()).collect::<Vec<_>>();
        let [tanh, relu, gru] = [RecurrentCellKind::Tanh, RecurrentCellKind::Relu, RecurrentCellKind::Gru];
        vec![
            (lstm(false), shapes(&[&[3, 2, 2], &[2, 3], &[2, 3], &[12, 2], &[12, 3], &[12], &[12]])),
            (lstm(true), shapes(&[&[1, 1, 2], &[1, 3], &[1, 3], &[12, 2], &[12, 3]])),
            (recurrent(tanh, &[2, 2, 1]), shapes(&[&[5, 3], &[2, 3], &[3, 3], &[3]])),
            (recurrent(relu, &[1, 2, 2]), shapes(&[&[5, 3], &[2, 3], &[3, 3]])),
            (recurrent(gru, &[3, 3, 1]), shapes(&[&[7, 6], &[3, 2], &[6, 2], &[6]])),
            (recurrent(gru, &[1, 2, 4]), shapes(&[&[7, 6], &[4, 2], &[6, 2]])),
        ]
    }

    #[test]
    fn gradients_match_finite_differences() {
        for (layer, shapes) in layers() {
            let x: Vec<Tensor> = shapes.iter().map(|shape| numbers(shape)).collect();
            gradchecks(|x| layer(x), &x);
        }
    }

    /// The kernels against what they are made of, whose order of sums is another.
    #[test]
    fn the_kernels_compute_what_the_parts_do() {
        let _alone = testing::alone();
        tensor::manual_seed(1);
        for (i, (layer, shapes)) in layers().into_iter().enumerate() {
            let leaf = |x: &Tensor| Variable::new(x.clone()).requires_grad_(true);
            let x: Vec<Tensor> = shapes.iter().map(|shape| randn(&shape[..])).collect();
            let close = |what: &str, got: &Tensor, parts: &Tensor| {
                assert_close(format!("{what} of layer {i}"), got, parts, Within::of_largest(1e-5));
            };
            let single: Vec<Variable> = x.iter().map(leaf).collect();
            let double: Vec<Variable> = x.iter().map(|x| leaf(&x.to_dtype(DType::F64))).collect();
            let (y, parts) = (layer(&single), layer(&double));
            close("output", &y.data(), &parts.data().to_dtype(DType::F32));
            let ramp = Variable::new(testing::ramp(&y.data()));
            let inputs: Vec<&Variable> = single.iter().collect();
            let gradients = |create_graph: bool| {
                let options = GradOptions { create_graph, retain_graph: Some(true), ..Default::default() };
                let gradients = grad_with(&(&y * &ramp).sum(), &inputs, options).into_iter();
                gradients.map(|gradient| gradient.expect("all are used")).collect::<Vec<_>>()
            };
            let recorded = gradients(true);
            for (got, parts) in gradients(false).iter().zip(&recorded) {
                close("gradient", &got.data(), &parts.data());
            }
            // The recorded gradients have gradients themselves.
            let sum = recorded.iter().map(|g| (g * g).sum()).reduce(|a, b| a + b).expect("some");
            let options = GradOptions { allow_unused: true, ..Default::default() };
            assert!(grad_with(&sum, &inputs, options).iter().any(Option::is_some));
        }
    }

    #[test]
    #[should_panic(expected = "lstm: expected [12, 2], got [12, 3]")]
    fn weights_must_fit() {
        let _alone = testing::alone();
        let [x, h, w] = [randn([1, 1, 2]), randn([1, 3]), randn([12, 3])].map(Variable::new);
        lstm_layer(&x, [&h, &h], [&w, &w], None, false);
    }

    #[test]
    #[should_panic(expected = "recurrent: a state of 2 sequences for [3]")]
    fn the_state_must_have_every_sequence() {
        let _alone = testing::alone();
        let [x, h, w] = [randn([3, 3]), randn([2, 3]), randn([3, 3])].map(Variable::new);
        recurrent_layer(RecurrentCellKind::Tanh, &x, &h, &w, None, &[3]);
    }
}
