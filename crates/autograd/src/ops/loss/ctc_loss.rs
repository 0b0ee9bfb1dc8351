use tensor::dispatch::by_float;
use tensor::kernels::parallel::for_each_chunk_mut;
use tensor::{DType, Float, Tensor, Value};

use super::Reduction;
use super::ctc_paths::Paths;
use crate::{Differentiable, Dy, Grads, Op, Options, Outputs, Saved, Saver, Variable, apply};

/// The options of [`ctc_loss`] and `nn::CTCLoss`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor, shown = never)]
pub struct CTCLossOptions {
    /// The class that stands for no label. Default 0.
    pub blank: i64,
    /// The use made of the samples' losses. Default mean: that of each loss by the number of its labels.
    pub reduction: Reduction,
    /// Whether the loss and gradient of a sample are 0 where it has too few time steps for its labels, which
    /// else are infinite and NaN. Default no.
    pub zero_infinity: bool,
}

/// Connectionist temporal classification (Graves et al., 2006): `−ln` of the probability that labels are read
/// from classes over time, where repetitions count as one and blanks as none, reduced. The log-probabilities
/// get a gradient, which has none itself, as in torch.
///
/// # Shapes
/// - `log_probs`: (T, N, C), or (T, C) for one sample, such as [`log_softmax`](Variable::log_softmax) gives
/// - `targets`: (N, S), padded behind the labels, or those of all samples one after another, (Σ lengths)
/// - `input_lengths`, `target_lengths`: (N) integers, or () for one sample: how many of the T time steps and
///   of the labels are a sample's
/// - output: no axes, or (N) without reduction
///
/// # Panics
/// If the shapes do not fit, a length is negative or too long, or a label or the blank is no class.
#[track_caller]
pub fn ctc_loss(
    log_probs: &Variable,
    targets: &Variable,
    input_lengths: &Variable,
    target_lengths: &Variable,
    options: &CTCLossOptions,
) -> Variable {
    let batched = log_probs.shape().len() == 3;
    let x = if batched { log_probs.clone() } else { log_probs.unsqueeze(1) };
    let ctc = Ctc::new(&x, targets, [input_lengths, target_lengths], options);
    let counts: Vec<f64> = ctc.states.iter().map(|states| (states.len() / 2).max(1) as f64).collect();
    let [mut losses, _] = apply(ctc, &[&x]).array();
    if options.zero_infinity {
        losses = losses.masked_fill(&losses.data().eq(f64::INFINITY), 0.0);
    }
    match options.reduction {
        Reduction::Mean => {
            let counts = Tensor::from_vec(counts, losses.shape()).to_dtype(losses.dtype());
            (losses / Variable::new(counts)).mean()
        }
        Reduction::None if !batched => losses.squeeze(0),
        reduction => reduction.of_recorded(losses),
    }
}

const NAME: &str = "ctc_loss";

/// Its outputs are the samples' losses and the log-probabilities of their states, which its way back reads.
struct Ctc {
    /// For each sample its labels with a blank before, between and behind them.
    states: Vec<Vec<usize>>,
    /// For each sample the number of its time steps.
    steps: Vec<usize>,
    options: CTCLossOptions,
}

impl Ctc {
    /// # Panics
    /// If anything does not fit.
    #[track_caller]
    fn new(
        x: &Variable,
        targets: &Variable,
        [inputs, counts]: [&Variable; 2],
        options: &CTCLossOptions,
    ) -> Ctc {
        let (shape, dtype) = (x.shape(), x.dtype());
        let &[time, samples, classes] = &shape[..] else {
            panic!(
                "{NAME}: Expected 3-dimensional tensor, but got {}-dimensional tensor for log_probs",
                shape.len()
            )
        };
        assert!(dtype.is_float(), "{NAME}: not defined for {dtype} (shape {shape:?})");
        assert!(x.numel() > 0, "{NAME}: log_probs tensor must not be empty, got {shape:?}");
        let class = |label: i64| usize::try_from(label).ok().filter(|&label| label < classes);
        let blank = class(options.blank);
        let blank = blank.unwrap_or_else(|| {
            panic!("{NAME}: blank must be in label range, got {} of {classes} classes", options.blank)
        });
        let steps = lengths("input_lengths", inputs, samples, time);
        let counts = lengths("target_lengths", counts, samples, usize::MAX);

        let size = targets.shape();
        let (longest, total) = (counts.iter().copied().max().unwrap_or(0), counts.iter().sum::<usize>());
        let wrong = match size[..] {
            [n] => (n != total).then(|| format!("size {total} at dimension 0, but got size {n}")),
            [n, _] if n != samples => Some(format!("size {samples} at dimension 0, but got size {n}")),
            [_, n] => {
                (n < longest).then(|| format!("size at least {longest} at dimension 1, but got size {n}"))
            }
            _ => panic!("{NAME}: Expected 1 to 2 dimensions, but got targets of size {size:?}"),
        };
        if let Some(wrong) = wrong {
            panic!("{NAME}: Expected tensor to have {wrong} for targets of size {size:?}");
        }
        let labels = targets.data().to_dtype(DType::I64).to_vec::<i64>();
        let mut begin = 0;
        let states = counts.iter().enumerate().map(|(i, &count)| {
            let at = if size.len() == 2 { i * size[1] } else { begin };
            begin += count;
            let mut states = vec![blank];
            for &label in &labels[at..at + count] {
                let known = class(label).unwrap_or_else(|| {
                    panic!(
                        "{NAME}: target {label} of sample {i} is out of range, there are {classes} classes"
                    )
                });
                states.extend([known, blank]);
            }
            states
        });
        Ctc { states: states.collect(), steps, options: *options }
    }

    /// The number of states in a row of the log-probabilities.
    fn width(&self) -> usize {
        self.states.iter().map(Vec::len).max().unwrap_or(1)
    }

    fn paths<'a, T>(&'a self, log_probs: &'a Tensor, sample: usize) -> Paths<'a, T>
    where
        T: Float,
    {
        let (samples, classes) = (log_probs.shape()[1], log_probs.shape()[2]);
        Paths {
            log_probs: log_probs.as_slice(),
            start: sample * classes,
            step: samples * classes,
            steps: self.steps[sample],
            states: &self.states[sample],
        }
    }

    /// The losses, and (N, T, width) log-probabilities.
    fn value<T: Float>(&self, x: &Tensor) -> [Tensor; 2] {
        let (time, samples, width) = (x.shape()[0], x.shape()[1], self.width());
        let mut all = vec![(T::ZERO, vec![]); samples];
        for_each_chunk_mut(&mut all, 1, |i, sample| {
            let mut alpha = vec![T::LOWEST; time * width];
            let loss = self.paths::<T>(x, i).forward(&mut alpha, width);
            sample[0] = (loss, alpha);
        });
        let (losses, alpha): (Vec<T>, Vec<Vec<T>>) = all.into_iter().unzip();
        [Tensor::from_vec(losses, samples), Tensor::from_vec(alpha.concat(), [samples, time, width])]
    }

    fn gradient<T: Float>(&self, x: &Tensor, losses: &Tensor, alpha: &Tensor, dy: &Tensor) -> Tensor {
        let &[time, samples, classes] = x.shape() else { unreachable!("the way forward checked it") };
        let [losses, alpha, dy] = [losses, alpha, dy].map(Tensor::contiguous);
        let width = self.width();
        let mut dx = vec![T::ZERO; x.numel()];
        for_each_chunk_mut(&mut dx, time * classes, |start, dx| {
            let i = start / dx.len();
            let (loss, dy) = (losses.as_slice::<T>()[i], dy.as_slice::<T>()[i]);
            if self.options.zero_infinity && loss == T::HIGHEST {
                return;
            }
            let alpha = &alpha.as_slice::<T>()[i * time * width..];
            self.paths::<T>(x, i).backward(alpha, width, loss, dy, dx, classes);
        });
        Tensor::from_vec(dx, [samples, time, classes]).transpose(0, 1)
    }
}

/// The lengths of so many samples, none of them above `most`.
#[track_caller]
fn lengths(what: &str, lengths: &Variable, samples: usize, most: usize) -> Vec<usize> {
    let dtype = lengths.dtype();
    assert!(dtype.is_integer(), "{NAME}: {what} must be integral, got {dtype}");
    assert!(
        lengths.numel() == samples,
        "{NAME}: {what} must be of size batch_size, {samples}, got {:?}",
        lengths.shape()
    );
    let length = |n: i64| {
        let length = usize::try_from(n).unwrap_or_else(|_| {
            panic!("{NAME}: Expected {what} to have value at least 0, but got value {n}")
        });
        assert!(length <= most, "{NAME}: Expected {what} to have value at most {most}, but got value {n}");
        length
    };
    lengths.data().to_dtype(DType::I64).to_vec::<i64>().into_iter().map(length).collect()
}

impl Op for Ctc {
    fn name(&self) -> &'static str {
        "CtcLossBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.options.saved()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.output(0);
        save.output(1);
        let x = x[0].contiguous();
        by_float!(NAME, &x, T => self.value::<T>(&x)).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let [dy, _] = dy.array::<2>();
        let dy = dy.expect("nothing but the losses is handed out");
        let [x, losses, alpha, dy] =
            [&saved[0], &saved[1], &saved[2], &dy].map(|x| x.plain_only("_ctc_loss_backward"));
        let x = x.contiguous();
        V::constant(by_float!(NAME, &x, T => self.gradient::<T>(&x, losses, alpha, dy))).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::*;
    use crate::gradcheck;

    #[test]
    fn the_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.3f64, -1.0, 0.5], [0.1, 0.2, -0.7], [1.0, -0.2, 0.4], [0.6, 0.9, -0.1]]);
        let x = x.reshape([4, 1, 3]);
        let x = tensor::cat(&[x.clone(), x.flip(0), x], 1);
        let targets = Variable::new(Tensor::from([[1i64, 2], [2, 2], [1, -7]]));
        let [steps, counts] = [[4i64, 4, 3], [2, 2, 1]].map(|n| Variable::new(Tensor::from(n)));
        for reduction in [Reduction::None, Reduction::Mean, Reduction::Sum] {
            let options = CTCLossOptions { reduction, ..Default::default() };
            gradcheck(|x| ctc_loss(&x[0].log_softmax(-1), &targets, &steps, &counts, &options), &[x.clone()]);
        }
    }
}
