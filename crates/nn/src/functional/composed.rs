//! Functions that are made of others here.

use autograd::Variable;
use tensor::{ConvFuncOptions, DType, Tensor};

use super::functions;
use crate::Target;

functions! {
    /// `x / max(‖x‖, eps)` along `dim`: rows of length 1.
    normalize / normalize_with(input: &Variable; p: f64 = 2.0, dim: isize = 1, eps: f64 = 1e-12) =
        input / &input.norm_dim(p, [dim], true).clamp(Some(eps), None);
    /// [`Tensor::one_hot`].
    one_hot / one_hot_with(labels: &impl Target; num_classes: Option<usize> = None) -> Tensor =
        labels.variable().data().one_hot(num_classes);
    /// `x` where it is above 0, else `a·x`, with an `a` for each such element from U(`lower`, `upper`) while
    /// training, and else the middle of the two.
    rrelu / rrelu_with(
        input: &Variable; lower: f64 = 1.0 / 8.0, upper: f64 = 1.0 / 3.0, training: bool = false
    ) = match training {
        true => input * &Variable::new(slopes(&input.data(), lower, upper)),
        false => input.leaky_relu((lower + upper) / 2.0),
    };
    /// One class of each row, drawn with the probabilities `softmax(logits)` in a way that has a gradient
    /// (Jang et al., *Categorical reparameterization with Gumbel-softmax*, 2017): the smaller `tau`, the
    /// nearer to 0 and 1; with `hard` it is 0 or 1, with the gradient of what it would have been without.
    gumbel_softmax / gumbel_softmax_with(
        logits: &Variable; tau: f64 = 1.0, hard: bool = false, dim: isize = -1
    ) = {
        let mut gumbels = logits.data().zeros_like();
        gumbels.exponential_(1.0);
        let gumbels = Variable::new(-gumbels.log());
        let soft = ((logits + &gumbels) / tau).softmax(dim);
        match hard {
            false => soft,
            true => {
                let ones = Tensor::from(1.0f64).to_dtype(soft.dtype());
                let index = soft.data().max_dim(dim, true).1;
                let one = Variable::new(soft.data().zeros_like().scatter(dim, &index, &ones.expand(index.shape())));
                one - &soft.detach() + &soft
            }
        }
    };
    /// A convolution of sequences `[time, batch, channels]` with a `weight` of `[time, channels, outputs]`.
    conv_tbc / conv_tbc_with(input: &Variable, weight: &Variable, bias: &Variable; pad: usize = 0) = {
        let options = ConvFuncOptions { padding: pad.into(), ..Default::default() };
        let y = input.permute([1, 2, 0]).conv1d(&weight.permute([2, 1, 0]), Some(bias), options);
        y.permute([2, 0, 1])
    };
    /// The distance between each two rows of `[n, m]`: the 0th and the 1st, the 0th and the 2nd, and so on.
    pdist / pdist_with(input: &Variable; p: f64 = 2.0) = {
        assert!(input.ndim() == 2, "pdist only supports 2D tensors, got: {}D", input.ndim());
        let rows = input.size(0) as i64;
        let pairs = || (0..rows).flat_map(move |i| (i + 1..rows).map(move |j| (i, j)));
        let [first, second] =
            [pairs().map(|(i, _)| i).collect::<Vec<_>>(), pairs().map(|(_, j)| j).collect()].map(Tensor::from);
        (input.index_select(0, &first) - &input.index_select(0, &second)).norm_dim(p, [1], false)
    };
}

/// For each element that is not above 0 a draw from U(`lower`, `upper`), in their order; 1 for the others.
#[track_caller]
fn slopes(x: &Tensor, lower: f64, upper: f64) -> Tensor {
    let numbers = x.to_dtype(DType::F64).to_vec::<f64>();
    let mut drawn = tensor::zeros_dtype([numbers.iter().filter(|x| **x <= 0.0).count()], DType::F64);
    let mut drawn = drawn.uniform_(lower, upper).to_vec::<f64>().into_iter();
    let slopes =
        numbers.into_iter().map(|x| if x <= 0.0 { drawn.next().expect("one for each") } else { 1.0 });
    Tensor::from(slopes.collect::<Vec<_>>()).reshape(x.shape()).to_dtype(x.dtype())
}
