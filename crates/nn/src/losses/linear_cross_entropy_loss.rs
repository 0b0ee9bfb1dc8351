use autograd::{CrossEntropyLossOptions, Reduction, Variable};
use tensor::{OptionValue, Tensor};

use crate::{Buffer, Linear, LinearOptions, Module, Options, Target, Training, functional};

/// A last [`Linear`] and [`CrossEntropyLoss`](crate::CrossEntropyLoss) in one module, as
/// `torch.nn.LinearCrossEntropyLoss`. Where torch can split the scores into chunks to save memory, this
/// computes them at once.
///
/// ```
/// use autograd::Variable;
/// use nn::LinearCrossEntropyLoss;
/// use tensor::{Tensor, randn};
///
/// let loss = LinearCrossEntropyLoss::new(8, 3);
/// let x = Variable::new(randn([5, 8]));
/// assert_eq!(loss.forward(&x, &Tensor::from([0i64, 1, 2, 1, 0])).shape(), [0usize; 0]);
/// ```
#[derive(Debug, Module)]
#[module(extra_repr = Self::describe, check = Self::check)]
pub struct LinearCrossEntropyLoss {
    weight: Option<Buffer>,
    /// The layer that gives the scores.
    pub linear: Linear,
    #[module(config)]
    num_classes: usize,
    /// All options; the buffer is `None` here.
    #[module(options)]
    options: LinearCrossEntropyLossOptions,
    training: Training,
}

/// The options of [`LinearCrossEntropyLoss`].
#[derive(Clone, Debug, Options)]
pub struct LinearCrossEntropyLossOptions {
    /// The axes behind that of the classes, of a loss with several for each sample. Default none.
    pub out_features: Vec<usize>,
    /// Whether the layer has a bias. Default no.
    pub bias: bool,
    /// What is made of the samples' losses. Default the mean.
    pub reduction: Reduction,
    /// A factor for each class.
    pub weight: Option<Tensor>,
    /// A class that is left out.
    pub ignore_index: Option<i64>,
    /// How much of the target is spread over all classes. Default 0.
    #[option(check(
        (0.0..=1.0).contains(&label_smoothing),
        "expected label_smoothing to be in range [0, 1], got {label_smoothing}"
    ))]
    pub label_smoothing: f64,
}

impl LinearCrossEntropyLoss {
    /// The loss with torch's defaults.
    #[track_caller]
    pub fn new(in_features: usize, num_classes: usize) -> Self {
        Self::with(in_features, num_classes, LinearCrossEntropyLossOptions::default())
    }

    /// The loss with the options given.
    ///
    /// # Panics
    /// If an option is out of its range, or the weights are not one for each class.
    #[track_caller]
    pub fn with(in_features: usize, num_classes: usize, mut options: LinearCrossEntropyLossOptions) -> Self {
        options.assert_valid(Self::kind_name());
        let weight = options.weight.take().map(Buffer::new);
        let outputs = num_classes * options.out_features.iter().product::<usize>();
        let linear = Linear::with(in_features, outputs, LinearOptions { bias: options.bias });
        let loss = Self { weight, linear, num_classes, options, training: Training::default() };
        if let Err(problem) = loss.check() {
            panic!("{}: {problem}", Self::kind_name());
        }
        loss
    }

    fn check(&self) -> Result<(), String> {
        match self.weight.as_ref().map(|weight| weight.shape()) {
            Some(shape) if shape != [self.num_classes] => {
                Err(format!("expected weight shape to be ({},), got {shape:?}", self.num_classes))
            }
            _ => Ok(()),
        }
    }

    fn describe(&self) -> String {
        let LinearCrossEntropyLossOptions { out_features, reduction, ignore_index, label_smoothing, .. } =
            &self.options;
        let tuple = tensor::Value::Tuple(out_features.iter().map(|&n| n.to_value()).collect());
        format!(
            "in_features={}, num_classes={}, out_features={tuple}, bias={}, reduction={}, ignore_index={}, \
             label_smoothing={}, options=None",
            self.linear.in_features,
            self.num_classes,
            self.options.bias.to_value(),
            reduction.to_value().as_str().unwrap_or_default(),
            ignore_index.to_value(),
            label_smoothing.to_value(),
        )
    }

    /// The loss of the scores `linear(x)`.
    ///
    /// # Panics
    /// As [`autograd::linear`] and [`autograd::cross_entropy`].
    #[track_caller]
    pub fn forward(&self, x: &Variable, target: &impl Target) -> Variable {
        let shape = [&[self.num_classes], &self.options.out_features[..]].concat();
        let bias = self.linear.bias.as_ref().map(|bias| bias.reshape(&shape[..]));
        let weight = self.linear.weight.reshape([&shape[..], &[self.linear.in_features]].concat());
        let defaults = CrossEntropyLossOptions::default();
        let options = CrossEntropyLossOptions {
            weight: self.weight.as_ref().map(|weight| weight.data()),
            ignore_index: self.options.ignore_index.unwrap_or(defaults.ignore_index),
            reduction: self.options.reduction,
            label_smoothing: self.options.label_smoothing,
        };
        functional::linear_cross_entropy_with(x, &weight, target, bias.as_ref(), options)
    }
}
