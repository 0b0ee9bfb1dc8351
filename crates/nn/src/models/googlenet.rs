use autograd::{Variable, cat};
use tensor::Tensor;

use super::{conv, max_pool, start};
use crate::{
    AdaptiveAvgPool2d, BatchNorm2d, BatchNormOptions, Conv2d, Dropout, Forward, Linear, MaxPool2d,
    MaxPoolOptions, Module, Options, Sequential, Training, init, sequential,
};

/// GoogLeNet, or Inception v1 (Szegedy et al., *Going deeper with convolutions*, 2014), with batch norms, as
/// `torchvision.models.GoogLeNet`: [`googlenet`] makes one.
///
/// `forward` gives the scores alone, in training mode, too. With [`forward_with_aux`](Self::forward_with_aux)
/// a net in training mode also gives the scores of its two auxiliary classifiers, as torchvision's `forward`
/// then does.
///
/// # Shapes
/// - `x`: `[batch, 3, height, width]`, 15×15 at least; torchvision's parameters are for 224×224
/// - output: `[batch, num_classes]`
#[derive(Debug, Module)]
#[module(extra_repr = super::no_settings)]
#[allow(missing_docs)] // torchvision's names
pub struct GoogLeNet {
    pub conv1: BasicConv2d,
    pub maxpool1: MaxPool2d,
    pub conv2: BasicConv2d,
    pub conv3: BasicConv2d,
    pub maxpool2: MaxPool2d,
    pub inception3a: Inception,
    pub inception3b: Inception,
    pub maxpool3: MaxPool2d,
    pub inception4a: Inception,
    pub inception4b: Inception,
    pub inception4c: Inception,
    pub inception4d: Inception,
    pub inception4e: Inception,
    pub maxpool4: MaxPool2d,
    pub inception5a: Inception,
    pub inception5b: Inception,
    pub aux1: Option<InceptionAux>,
    pub aux2: Option<InceptionAux>,
    pub avgpool: AdaptiveAvgPool2d,
    pub dropout: Dropout,
    pub fc: Linear,
    #[module(options)]
    options: GoogLeNetOptions,
    training: Training,
}

/// The options of [`GoogLeNet`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct GoogLeNetOptions {
    /// Whether there are auxiliary classifiers, which help deep layers to train. Default yes.
    #[option(default = true)]
    pub aux_logits: bool,
    /// Whether images that are normalised for torchvision's other nets are first brought to the range of
    /// −1 to 1, as torchvision does with its trained parameters. Default no.
    pub transform_input: bool,
}

/// What [`GoogLeNet::forward_with_aux`] gives.
#[derive(Clone, Debug)]
pub struct GoogLeNetOutputs {
    /// The net's scores.
    pub logits: Variable,
    /// The scores of the second auxiliary classifier, if the net has one and trains.
    pub aux_logits2: Option<Variable>,
    /// The scores of the first one.
    pub aux_logits1: Option<Variable>,
}

/// A new [`GoogLeNet`] with auxiliary classifiers, as `torchvision.models.googlenet`.
///
/// ```
/// use autograd::{Variable, no_grad};
/// use nn::models::googlenet;
/// use nn::{Forward, Module};
///
/// let net = googlenet(10);
/// assert_eq!(net.num_parameters(), 9_960_638);
/// net.eval();
/// let images = Variable::new(tensor::zeros([1, 3, 64, 64]));
/// assert_eq!(no_grad(|| net.forward(&images)).shape(), [1, 10]);
/// ```
#[track_caller]
pub fn googlenet(num_classes: usize) -> GoogLeNet {
    GoogLeNet::with(num_classes, GoogLeNetOptions::default())
}

impl GoogLeNet {
    /// A new net with the options given.
    #[track_caller]
    pub fn with(num_classes: usize, options: GoogLeNetOptions) -> Self {
        let aux = |inputs| options.aux_logits.then(|| InceptionAux::new(inputs, num_classes));
        let net = Self {
            conv1: BasicConv2d::new(3, 64, 7, 2),
            maxpool1: max_pool(3, 0, true),
            conv2: BasicConv2d::new(64, 64, 1, 1),
            conv3: BasicConv2d::new(64, 192, 3, 1),
            maxpool2: max_pool(3, 0, true),
            inception3a: Inception::new(192, 64, [96, 128], [16, 32], 32),
            inception3b: Inception::new(256, 128, [128, 192], [32, 96], 64),
            maxpool3: max_pool(3, 0, true),
            inception4a: Inception::new(480, 192, [96, 208], [16, 48], 64),
            inception4b: Inception::new(512, 160, [112, 224], [24, 64], 64),
            inception4c: Inception::new(512, 128, [128, 256], [24, 64], 64),
            inception4d: Inception::new(512, 112, [144, 288], [32, 64], 64),
            inception4e: Inception::new(528, 256, [160, 320], [32, 128], 128),
            maxpool4: max_pool(2, 0, true),
            inception5a: Inception::new(832, 256, [160, 320], [32, 128], 128),
            inception5b: Inception::new(832, 384, [192, 384], [48, 128], 128),
            aux1: aux(512),
            aux2: aux(528),
            avgpool: AdaptiveAvgPool2d::new([1, 1]),
            dropout: Dropout::new(0.2),
            fc: Linear::new(1024, num_classes),
            options,
            training: Training::default(),
        };
        let draw = |weight: &Variable| init::trunc_normal(weight, 0.0, 0.01, -2.0, 2.0);
        start(&net, |conv| draw(&conv.weight), |linear| draw(&linear.weight));
        net
    }

    /// The scores, and while training those of the auxiliary classifiers, as torchvision's `forward` gives
    /// them. Its dropouts draw in the same order.
    #[track_caller]
    pub fn forward_with_aux(&self, x: &Variable) -> GoogLeNetOutputs {
        self.run(x, self.training.get())
    }

    #[track_caller]
    fn run(&self, x: &Variable, with_aux: bool) -> GoogLeNetOutputs {
        let aux = |aux: &Option<InceptionAux>, x: &Variable| {
            aux.as_ref().filter(|_| with_aux).map(|aux| aux.forward(x))
        };
        let x = if self.options.transform_input { &to_unit_range(x) } else { x };
        let x = self.maxpool1.forward(&self.conv1.forward(x));
        let x = self.maxpool2.forward(&self.conv3.forward(&self.conv2.forward(&x)));
        let x = self.inception3b.forward(&self.inception3a.forward(&x));
        let x = self.inception4a.forward(&self.maxpool3.forward(&x));
        let aux_logits1 = aux(&self.aux1, &x);
        let x = self.inception4c.forward(&self.inception4b.forward(&x));
        let x = self.inception4d.forward(&x);
        let aux_logits2 = aux(&self.aux2, &x);
        let x = self.maxpool4.forward(&self.inception4e.forward(&x));
        let x = self.inception5b.forward(&self.inception5a.forward(&x));
        let x = self.dropout.forward(&self.avgpool.forward(&x).flatten(1, -1));
        GoogLeNetOutputs { logits: self.fc.forward(&x), aux_logits2, aux_logits1 }
    }
}

impl Forward for GoogLeNet {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        self.run(x, false).logits
    }
}

/// Images that have the mean 0 and the deviation 1 of ImageNet's, in the range of −1 to 1.
#[track_caller]
fn to_unit_range(x: &Variable) -> Variable {
    let channels =
        |values: [f64; 3]| Variable::new(Tensor::from(values).to_dtype(x.dtype()).reshape([1, 3, 1, 1]));
    let deviation = channels([0.229, 0.224, 0.225].map(|deviation| deviation / 0.5));
    let mean = channels([0.485, 0.456, 0.406].map(|mean| (mean - 0.5) / 0.5));
    x * &deviation + &mean
}

/// A convolution, a batch norm and ReLU.
#[derive(Debug, Module)]
#[allow(missing_docs)] // torchvision's names
pub struct BasicConv2d {
    pub conv: Conv2d,
    pub bn: BatchNorm2d,
}

impl BasicConv2d {
    #[track_caller]
    fn new(inputs: usize, outputs: usize, kernel: usize, stride: usize) -> Self {
        let options = BatchNormOptions { eps: 0.001, ..Default::default() };
        Self { conv: conv(inputs, outputs, kernel, stride), bn: BatchNorm2d::with(outputs, options) }
    }
}

impl Forward for BasicConv2d {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        self.bn.forward(&self.conv.forward(x)).relu()
    }
}

/// Four ways side by side: a convolution of 1×1, two that end in 3×3 (the paper has 5×5 in one of them,
/// torchvision's parameters have not), and a pool.
#[derive(Debug, Module)]
#[allow(missing_docs)] // torchvision's names
pub struct Inception {
    pub branch1: BasicConv2d,
    pub branch2: Sequential,
    pub branch3: Sequential,
    pub branch4: Sequential,
}

impl Inception {
    /// From so many channels to those of each way; the second and third have fewer in between.
    #[track_caller]
    fn new(inputs: usize, first: usize, second: [usize; 2], third: [usize; 2], fourth: usize) -> Self {
        let two = |[inner, outputs]: [usize; 2]| {
            sequential![BasicConv2d::new(inputs, inner, 1, 1), BasicConv2d::new(inner, outputs, 3, 1)]
        };
        let options = MaxPoolOptions {
            stride: Some(1.into()),
            padding: 1.into(),
            ceil_mode: true,
            ..Default::default()
        };
        Self {
            branch1: BasicConv2d::new(inputs, first, 1, 1),
            branch2: two(second),
            branch3: two(third),
            branch4: sequential![MaxPool2d::with(3, options), BasicConv2d::new(inputs, fourth, 1, 1)],
        }
    }
}

impl Forward for Inception {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let ways = [&self.branch2, &self.branch3, &self.branch4].map(|branch| branch.forward(x));
        let first = self.branch1.forward(x);
        cat(&[&[first][..], &ways].concat(), 1)
    }
}

/// A classifier of what lies in the middle of the net.
#[derive(Debug, Module)]
#[allow(missing_docs)] // torchvision's names
pub struct InceptionAux {
    pub conv: BasicConv2d,
    pub fc1: Linear,
    pub fc2: Linear,
    pub dropout: Dropout,
}

impl InceptionAux {
    #[track_caller]
    fn new(inputs: usize, num_classes: usize) -> Self {
        Self {
            conv: BasicConv2d::new(inputs, 128, 1, 1),
            fc1: Linear::new(2048, 1024),
            fc2: Linear::new(1024, num_classes),
            dropout: Dropout::new(0.7),
        }
    }
}

impl Forward for InceptionAux {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let x = self.conv.forward(&x.adaptive_avg_pool2d(4)).flatten(1, -1);
        self.fc2.forward(&self.dropout.forward(&self.fc1.forward(&x).relu()))
    }
}
