use autograd::Variable;

use super::{kaiming_fan_out, max_pool, small_normal, start};
use crate::{
    AdaptiveAvgPool2d, BatchNorm2d, Conv2d, ConvOptions, Dropout, Forward, Linear, Module, ReLU, Sequential,
    sequential,
};

/// A net of 3×3 convolutions in five stages (Simonyan and Zisserman, *Very deep convolutional networks for
/// large-scale image recognition*, 2014), as `torchvision.models.VGG`: [`vgg16`] and its sisters make one,
/// those with `_bn` with a batch norm behind each convolution.
///
/// # Shapes
/// - `x`: `[batch, 3, height, width]`, 32×32 at least; torchvision's parameters are for 224×224
/// - output: `[batch, num_classes]`
#[derive(Debug, Module)]
#[allow(missing_docs)] // torchvision's names
pub struct VGG {
    pub features: Sequential,
    pub avgpool: AdaptiveAvgPool2d,
    pub classifier: Sequential,
}

/// The output channels of the stages.
const CHANNELS: [usize; 5] = [64, 128, 256, 512, 512];

/// A row has the two functions and how many convolutions each stage has.
macro_rules! nets {
    ($($name:ident, $with_norm:ident: $layers:literal layers, $convs:expr;)*) => {$(
        #[doc = concat!("The [`VGG`] with ", $layers, " layers, as `torchvision.models.", stringify!($name), "`, with new parameters.")]
        #[track_caller]
        pub fn $name(num_classes: usize) -> VGG {
            VGG::new($convs, false, num_classes)
        }

        #[doc = concat!("[`", stringify!($name), "`] with batch norms, as `torchvision.models.", stringify!($with_norm), "`.")]
        #[track_caller]
        pub fn $with_norm(num_classes: usize) -> VGG {
            VGG::new($convs, true, num_classes)
        }
    )*};
}

nets! {
    vgg11, vgg11_bn: "11" layers, [1, 1, 2, 2, 2];
    vgg13, vgg13_bn: "13" layers, [2, 2, 2, 2, 2];
    vgg16, vgg16_bn: "16" layers, [2, 2, 3, 3, 3];
    vgg19, vgg19_bn: "19" layers, [2, 2, 4, 4, 4];
}

impl VGG {
    /// Five stages of so many convolutions each.
    #[track_caller]
    fn new(convs: [usize; 5], norms: bool, num_classes: usize) -> Self {
        let mut features = Sequential::new();
        let mut inputs = 3;
        for (outputs, count) in CHANNELS.into_iter().zip(convs) {
            for _ in 0..count {
                let options = ConvOptions { padding: 1.into(), ..Default::default() };
                features.push(Conv2d::with(inputs, outputs, 3, options));
                if norms {
                    features.push(BatchNorm2d::new(outputs));
                }
                features.push(ReLU::new());
                inputs = outputs;
            }
            features.push(max_pool(2, 0, false));
        }
        let net = Self {
            features,
            avgpool: AdaptiveAvgPool2d::new([7, 7]),
            classifier: sequential![
                Linear::new(512 * 7 * 7, 4096),
                ReLU::new(),
                Dropout::default(),
                Linear::new(4096, 4096),
                ReLU::new(),
                Dropout::default(),
                Linear::new(4096, num_classes),
            ],
        };
        start(&net, kaiming_fan_out, |linear| small_normal(&linear.weight, &linear.bias));
        net
    }
}

impl Forward for VGG {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let x = self.avgpool.forward(&self.features.forward(x));
        self.classifier.forward(&x.flatten(1, -1))
    }
}
