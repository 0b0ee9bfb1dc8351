use autograd::{Variable, checkpoint};

use crate::{Forward, Sequential};

/// The output of `net` for `x`, with its layers in `segments` parts of which only the last keeps what its
/// operations save: the others keep their inputs, and run once more on the way back. As
/// `torch.utils.checkpoint.checkpoint_sequential(net, segments, x, use_reentrant=False)`; a single part of
/// any function is [`checkpoint`]'s. Values and gradients are those of `net.forward(x)`, to the last bit.
///
/// ```
/// use autograd::Variable;
/// use nn::{Linear, Module, Tanh, checkpoint_sequential, sequential};
///
/// let net = sequential![Linear::new(8, 8), Tanh::new(), Linear::new(8, 8), Tanh::new()];
/// let x = Variable::new(tensor::ones([4, 8]));
/// checkpoint_sequential(&net, 2, &x).sum().backward();
/// assert!(net.parameters_without_grad().is_empty());
/// ```
///
/// # Panics
/// If `segments` is 0 or more than there are layers, and as the layers do.
#[track_caller]
pub fn checkpoint_sequential(net: &Sequential, segments: usize, x: &Variable) -> Variable {
    assert!(
        (1..=net.len()).contains(&segments),
        "checkpoint_sequential: {} layers cannot be in {segments} parts",
        net.len()
    );
    let size = net.len() / segments;
    let last = size * (segments - 1);
    let mut x = x.clone();
    for start in (0..last).step_by(size) {
        let part = net.slice(start..start + size);
        x = checkpoint(move |x| part.forward(&x[0]), &x);
    }
    net.slice(last..).forward(&x)
}

#[cfg(test)]
mod tests {
    use tensor::{Tensor, manual_seed, randn};

    use super::*;
    use crate::{Dropout, Linear, Module, Tanh, sequential};

    #[test]
    fn values_and_gradients_are_those_without_and_the_draws_too() {
        manual_seed(0);
        let net = sequential![
            Linear::new(4, 8),
            Dropout::new(0.5),
            Linear::new(8, 8),
            Tanh::new(),
            Dropout::new(0.5)
        ];
        let x = Variable::new(randn([3, 4])).requires_grad_(true);
        let run = |segments: usize| {
            manual_seed(1);
            net.zero_grad();
            x.zero_grad();
            let y = if segments == 0 { net.forward(&x) } else { checkpoint_sequential(&net, segments, &x) };
            y.square().sum().backward();
            let gradients: Vec<Tensor> = net.parameters().iter().filter_map(|p| p.grad()).collect();
            (y.data(), x.grad(), gradients, randn([2]))
        };
        let plain = format!("{:?}", run(0));
        for segments in [1, 2, 3, 5] {
            assert_eq!(format!("{:?}", run(segments)), plain, "in {segments}");
        }
    }

    #[test]
    #[should_panic(expected = "checkpoint_sequential: 1 layers cannot be in 2 parts")]
    fn there_is_a_layer_for_each_part() {
        checkpoint_sequential(&sequential![Tanh::new()], 2, &Variable::new([1.0f32]));
    }
}
