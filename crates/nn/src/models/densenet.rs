use autograd::{Variable, cat};

use super::{conv, max_pool, start, zero};
use crate::{
    AvgPool2d, BatchNorm2d, Builder, Conv2d, Error, Forward, Linear, Members, Module, ReLU, Sequential,
    StateDict, Training, init,
};

/// A net whose layers see the outputs of all layers before them in their block (Huang et al., *Densely
/// connected convolutional networks*, 2016), as `torchvision.models.DenseNet`: [`densenet121`],
/// [`densenet169`] and [`densenet201`] make one.
///
/// # Shapes
/// - `x`: `[batch, 3, height, width]`, 29×29 at least; torchvision's parameters are for 224×224
/// - output: `[batch, num_classes]`
#[derive(Debug, Module)]
#[allow(missing_docs)] // torchvision's names
pub struct DenseNet {
    pub features: Sequential,
    pub classifier: Linear,
}

/// The [`DenseNet`] with 121 layers, as `torchvision.models.densenet121`, with new parameters.
///
/// ```
/// use autograd::{Variable, no_grad};
/// use nn::models::densenet121;
/// use nn::{Forward, Module};
///
/// let net = densenet121(10);
/// assert_eq!(net.num_parameters(), 6_964_106);
/// net.eval();
/// let images = Variable::new(tensor::zeros([1, 3, 64, 64]));
/// assert_eq!(no_grad(|| net.forward(&images)).shape(), [1, 10]);
/// ```
#[track_caller]
pub fn densenet121(num_classes: usize) -> DenseNet {
    DenseNet::new([6, 12, 24, 16], num_classes)
}

/// The [`DenseNet`] with 169 layers, as `torchvision.models.densenet169`, with new parameters.
#[track_caller]
pub fn densenet169(num_classes: usize) -> DenseNet {
    DenseNet::new([6, 12, 32, 32], num_classes)
}

/// The [`DenseNet`] with 201 layers, as `torchvision.models.densenet201`, with new parameters.
#[track_caller]
pub fn densenet201(num_classes: usize) -> DenseNet {
    DenseNet::new([6, 12, 48, 32], num_classes)
}

/// How many channels each layer adds.
const GROWTH: usize = 32;

impl DenseNet {
    /// Four blocks of so many layers each, between which channels and places are halved.
    #[track_caller]
    fn new(layers: [usize; 4], num_classes: usize) -> Self {
        let mut channels = 64;
        let mut features = Sequential::new();
        features.push_named("conv0", conv(3, channels, 7, 2));
        features.push_named("norm0", BatchNorm2d::new(channels));
        features.push_named("relu0", ReLU::new());
        features.push_named("pool0", max_pool(3, 1, false));
        for (i, count) in layers.into_iter().enumerate() {
            let place = i + 1;
            let block = (0..count).map(|i| DenseLayer::new(channels + i * GROWTH)).collect();
            let block = DenseBlock { layers: block, training: Training::default() };
            features.push_named(format!("denseblock{place}"), block);
            channels += count * GROWTH;
            if place < layers.len() {
                features.push_named(format!("transition{place}"), Transition::new(channels));
                channels /= 2;
            }
        }
        features.push_named("norm5", BatchNorm2d::new(channels));
        let net = Self { features, classifier: Linear::new(channels, num_classes) };
        start(&net, |conv| init::kaiming_normal(&conv.weight), |linear| zero(&linear.bias));
        net
    }

    /// The state dict of a file that torchvision publishes with the names of today: there `norm1` of a dense
    /// layer is still `norm.1`. torchvision renames them when it loads.
    ///
    /// ```
    /// use nn::StateDict;
    /// use nn::models::DenseNet;
    ///
    /// let name = "features.denseblock1.denselayer1.norm.1.weight";
    /// let file: StateDict = [(name.to_owned(), tensor::ones([64]))].into_iter().collect();
    /// let state = DenseNet::renamed(file);
    /// assert!(state.contains_key("features.denseblock1.denselayer1.norm1.weight"));
    /// ```
    pub fn renamed(state: StateDict) -> StateDict {
        let old = ["norm", "conv"].map(|part| ["1", "2"].map(|number| (part, number)));
        let rename = |name: String| {
            let parts = old.iter().flatten();
            parts.fold(name, |name, (part, number)| {
                name.replace(&format!(".{part}.{number}."), &format!(".{part}{number}."))
            })
        };
        state.into_iter().map(|(name, tensor)| (rename(name), tensor)).collect()
    }
}

impl Forward for DenseNet {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let x = self.features.forward(x).relu().adaptive_avg_pool2d(1);
        self.classifier.forward(&x.flatten(1, -1))
    }
}

/// Layers of which each takes the block's input and the outputs of those before it, side by side.
pub(crate) struct DenseBlock {
    layers: Vec<DenseLayer>,
    training: Training,
}

impl Forward for DenseBlock {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let mut features = vec![x.clone()];
        for layer in &self.layers {
            features.push(layer.forward(&cat(&features, 1)));
        }
        cat(&features, 1)
    }
}

impl Module for DenseBlock {
    fn kind_name() -> &'static str {
        "_DenseBlock"
    }

    fn members(&self) -> Members<'_> {
        let mut members = Members::new();
        for (i, layer) in self.layers.iter().enumerate() {
            members.add(format!("denselayer{}", i + 1), layer);
        }
        members.add("training", &self.training);
        members
    }

    fn build(builder: &mut Builder<'_>) -> Result<Self, Error> {
        builder.expect_kind::<Self>()?;
        let count = builder.child_names().count();
        let layers = (1..=count).map(|i| builder.field(&format!("denselayer{i}")));
        let layers = layers.collect::<Result<_, _>>()?;
        Ok(Self { layers, training: builder.field("training")? })
    }
}

/// A convolution of 1×1 and one of 3×3, each behind a norm and ReLU.
#[derive(Debug, Module)]
#[module(name = "_DenseLayer")]
pub(crate) struct DenseLayer {
    norm1: BatchNorm2d,
    relu1: ReLU,
    conv1: Conv2d,
    norm2: BatchNorm2d,
    relu2: ReLU,
    conv2: Conv2d,
}

impl DenseLayer {
    #[track_caller]
    fn new(inputs: usize) -> Self {
        Self {
            norm1: BatchNorm2d::new(inputs),
            relu1: ReLU::new(),
            conv1: conv(inputs, 4 * GROWTH, 1, 1),
            norm2: BatchNorm2d::new(4 * GROWTH),
            relu2: ReLU::new(),
            conv2: conv(4 * GROWTH, GROWTH, 3, 1),
        }
    }
}

impl Forward for DenseLayer {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let x = self.conv1.forward(&self.relu1.forward(&self.norm1.forward(x)));
        self.conv2.forward(&self.relu2.forward(&self.norm2.forward(&x)))
    }
}

/// Half of the channels and half of the places along both axes.
#[derive(Debug, Module)]
#[module(name = "_Transition")]
pub(crate) struct Transition {
    norm: BatchNorm2d,
    relu: ReLU,
    conv: Conv2d,
    pool: AvgPool2d,
}

impl Transition {
    #[track_caller]
    fn new(inputs: usize) -> Self {
        Self {
            norm: BatchNorm2d::new(inputs),
            relu: ReLU::new(),
            conv: conv(inputs, inputs / 2, 1, 1),
            pool: AvgPool2d::new(2),
        }
    }
}

impl Forward for Transition {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let x = self.relu.forward(&self.norm.forward(x));
        self.pool.forward(&self.conv.forward(&x))
    }
}
