use autograd::Variable;
use tensor::Tensor;

use crate::{
    Forward, Linear, LinearOptions, Module, ModuleList, Options, Target, Training, functional, sequential,
};

/// The loss of a softmax over very many classes, of which most are rare (Grave et al., *Efficient softmax
/// approximation for GPUs*, 2017), as `torch.nn.AdaptiveLogSoftmaxWithLoss`.
///
/// Classes are numbered by how often they come, most frequent first. The first `cutoffs[0]` of them and one
/// entry for each further cluster are outputs of `head`; a cluster's classes are outputs of its `tail`, which
/// is the smaller the rarer they are: `in_features`, then `in_features / div_valueⁱ`, then the classes.
///
/// # Shapes
/// - `x`: `[batch, in_features]`, `target`: `[batch]` of `I64`; or `[in_features]` and `[]`
/// - the logarithm of the probability of each target: that of `target`; the loss: `[]`
///
/// ```
/// use autograd::Variable;
/// use nn::AdaptiveLogSoftmaxWithLoss;
/// use tensor::{Tensor, randn};
///
/// let layer = AdaptiveLogSoftmaxWithLoss::new(16, 1000, &[20, 200]);
/// let x = Variable::new(randn([3, 16]));
/// let (output, loss) = layer.forward(&x, &Tensor::from([0i64, 199, 999]));
/// assert!((loss.item() + output.mean().item()).abs() < 1e-6);
/// assert_eq!(layer.log_prob(&x).shape(), [3, 1000]);
/// assert_eq!(layer.predict(&x).shape(), [3]);
/// ```
#[derive(Debug, Module)]
#[module(extra_repr = Self::describe, check = Self::check)]
pub struct AdaptiveLogSoftmaxWithLoss {
    /// Scores of the frequent classes, and of the clusters.
    pub head: Linear,
    /// Scores of the classes of each cluster.
    pub tail: ModuleList,
    #[module(config)]
    in_features: usize,
    #[module(config)]
    n_classes: usize,
    /// The first class of each cluster, and the number of classes.
    #[module(config)]
    cutoffs: Vec<usize>,
    #[module(options)]
    options: AdaptiveLogSoftmaxWithLossOptions,
    training: Training,
}

/// The options of [`AdaptiveLogSoftmaxWithLoss`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct AdaptiveLogSoftmaxWithLossOptions {
    /// By how much each cluster's inner layer is smaller than the one before. Default 4.
    #[option(default = 4.0)]
    pub div_value: f64,
    /// Whether the head has a bias. Default no.
    pub head_bias: bool,
}

impl AdaptiveLogSoftmaxWithLoss {
    /// A head of `cutoffs[0]` classes and a cluster from each cutoff on.
    ///
    /// # Panics
    /// Unless there are cutoffs, which grow, from 1 to `n_classes − 1`.
    #[track_caller]
    pub fn new(in_features: usize, n_classes: usize, cutoffs: &[usize]) -> Self {
        Self::with(in_features, n_classes, cutoffs, AdaptiveLogSoftmaxWithLossOptions::default())
    }

    /// The layer with the options given.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    #[track_caller]
    pub fn with(
        in_features: usize,
        n_classes: usize,
        cutoffs: &[usize],
        options: AdaptiveLogSoftmaxWithLossOptions,
    ) -> Self {
        let name = Self::kind_name();
        assert!(!cutoffs.is_empty(), "{name}: cutoffs should be a sequence of length larger than 0");
        let cutoffs = [cutoffs, &[n_classes]].concat();
        assert!(
            cutoffs[0] > 0 && cutoffs.is_sorted_by(|a, b| a < b),
            "{name}: cutoffs should be a sequence of unique, positive integers sorted in an increasing order, \
             where each value is between 1 and n_classes-1"
        );
        let linear = |inputs, outputs, bias| Linear::with(inputs, outputs, LinearOptions { bias });
        let head = linear(in_features, cutoffs[0] + cutoffs.len() - 1, options.head_bias);
        let tail = cutoffs.windows(2).enumerate().map(|(i, classes)| {
            let inner = (in_features as f64 / options.div_value.powi(i as i32 + 1)).floor() as usize;
            sequential![linear(in_features, inner, false), linear(inner, classes[1] - classes[0], false)]
        });
        let (tail, training) = (tail.collect(), Training::default());
        Self { head, tail, in_features, n_classes, cutoffs, options, training }
    }

    /// Nothing, as in torch.
    fn describe(&self) -> String {
        String::new()
    }

    fn check(&self) -> Result<(), String> {
        match self.tail.len() + 1 == self.cutoffs.len() {
            true => Ok(()),
            false => Err(format!("{} clusters for the cutoffs {:?}", self.tail.len(), self.cutoffs)),
        }
    }

    /// The logarithm of the probability of each target, and the loss: their mean with the other sign.
    ///
    /// # Panics
    /// In torch's words, if the shapes do not fit or a target is no class.
    #[track_caller]
    pub fn forward(&self, x: &Variable, target: &impl Target) -> (Variable, Variable) {
        let name = Self::kind_name();
        let target = target.variable().data();
        match target.ndim() {
            0 => assert!(
                x.ndim() == 1,
                "{name}: 0D target tensor expects 1D input tensors, but found inputs with size {:?}",
                x.shape()
            ),
            1 => {
                assert!(
                    x.ndim() > 0 && x.size(0) == target.numel(),
                    "{name}: Input and target should have the same size in the batch dimension."
                );
                assert!(
                    x.ndim() == 2,
                    "{name}: 1D target tensor expects 2D input tensors, but found inputs with size {:?}",
                    x.shape()
                );
            }
            _ => panic!("{name}: 0D or 1D target tensor expected, multi-target not supported"),
        }
        if target.ndim() == 0 {
            let (output, loss) = self.rows(&x.unsqueeze(0), target.to_vec::<i64>());
            return (output.squeeze(0), loss);
        }
        self.rows(x, target.to_vec::<i64>())
    }

    #[track_caller]
    fn rows(&self, x: &Variable, target: Vec<i64>) -> (Variable, Variable) {
        let classes = 0..self.n_classes as i64;
        assert!(
            target.iter().all(|class| classes.contains(class)),
            "{}: Target values should be in [0, {}], but values in range [{}, {}] were found. ",
            Self::kind_name(),
            self.n_classes - 1,
            target.iter().min().expect("one is no class"),
            target.iter().max().expect("one is no class")
        );
        let mut output = Variable::new(tensor::zeros_dtype(target.len(), x.dtype()));
        // The entry of the head for each row: its class, or its cluster.
        let mut entries = target.clone();
        for (i, layer) in self.tail.iter().enumerate() {
            let [low, high] = [self.cutoffs[i], self.cutoffs[i + 1]].map(|class| class as i64);
            let rows: Vec<usize> =
                (0..target.len()).filter(|&row| (low..high).contains(&target[row])).collect();
            if rows.is_empty() {
                continue;
            }
            let inside: Vec<i64> = rows.iter().map(|&row| target[row] - low).collect();
            rows.iter().for_each(|&row| entries[row] = (self.cutoffs[0] + i) as i64);
            let rows = Tensor::from(rows.into_iter().map(|row| row as i64).collect::<Vec<_>>());
            let scores = layer.forward(&x.index_select(0, &rows));
            output = output.index_add(0, &rows, &picked(&scores, inside));
        }
        let output = output + &picked(&self.head.forward(x), entries);
        let loss = (-&output).mean();
        (output, loss)
    }

    /// The logarithm of the probability of every class, `[batch, n_classes]`.
    #[track_caller]
    pub fn log_prob(&self, x: &Variable) -> Variable {
        let head = self.head.forward(x).log_softmax(1);
        let first = self.cutoffs[0];
        let clusters = self
            .tail
            .iter()
            .enumerate()
            .map(|(i, layer)| layer.forward(x).log_softmax(1) + &head.narrow(1, (first + i) as isize, 1));
        let all: Vec<_> = std::iter::once(head.narrow(1, 0, first)).chain(clusters).collect();
        autograd::cat(&all, 1)
    }

    /// The most probable class of each row, `[batch]`.
    #[track_caller]
    pub fn predict(&self, x: &Variable) -> Tensor {
        autograd::no_grad(|| {
            // Where the head prefers a class to all clusters, none of the clusters' classes is more probable.
            let head = self.head.forward(x).data().argmax(1, false).to_vec::<i64>();
            if head.iter().all(|&entry| entry < self.cutoffs[0] as i64) {
                return Tensor::from(head);
            }
            self.log_prob(x).data().argmax(1, false)
        })
    }
}

/// The logarithm of the softmax of each row, where `columns` says.
#[track_caller]
fn picked(scores: &Variable, columns: Vec<i64>) -> Variable {
    functional::log_softmax(scores, 1).gather(1, &Tensor::from(columns).unsqueeze(1)).squeeze(1)
}
