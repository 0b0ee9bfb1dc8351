use autograd::Variable;

use super::max_pool;
use crate::{
    AdaptiveAvgPool2d, Conv2d, ConvOptions, Dropout, Forward, Linear, Module, ReLU, Sequential, sequential,
};

/// AlexNet (Krizhevsky, *One weird trick for parallelizing convolutional neural networks*, 2014), as
/// `torchvision.models.AlexNet`: [`alexnet`] makes one.
///
/// # Shapes
/// - `x`: `[batch, 3, height, width]`, 63×63 at least; torchvision's parameters are for 224×224
/// - output: `[batch, num_classes]`
#[derive(Debug, Module)]
#[allow(missing_docs)] // torchvision's names
pub struct AlexNet {
    pub features: Sequential,
    pub avgpool: AdaptiveAvgPool2d,
    pub classifier: Sequential,
}

/// A new [`AlexNet`], as `torchvision.models.alexnet`.
///
/// ```
/// use autograd::{Variable, no_grad};
/// use nn::models::alexnet;
/// use nn::{Forward, Module};
///
/// let net = alexnet(10);
/// assert_eq!(net.num_parameters(), 57_044_810);
/// net.eval();
/// let images = Variable::new(tensor::zeros([1, 3, 64, 64]));
/// assert_eq!(no_grad(|| net.forward(&images)).shape(), [1, 10]);
/// ```
#[track_caller]
pub fn alexnet(num_classes: usize) -> AlexNet {
    let conv = |inputs, outputs, kernel: usize, stride: usize, padding: usize| {
        let (stride, padding) = (stride.into(), padding.into());
        Conv2d::with(inputs, outputs, kernel, ConvOptions { stride, padding, ..Default::default() })
    };
    AlexNet {
        features: sequential![
            conv(3, 64, 11, 4, 2),
            ReLU::new(),
            max_pool(3, 0, false),
            conv(64, 192, 5, 1, 2),
            ReLU::new(),
            max_pool(3, 0, false),
            conv(192, 384, 3, 1, 1),
            ReLU::new(),
            conv(384, 256, 3, 1, 1),
            ReLU::new(),
            conv(256, 256, 3, 1, 1),
            ReLU::new(),
            max_pool(3, 0, false),
        ],
        avgpool: AdaptiveAvgPool2d::new([6, 6]),
        classifier: sequential![
            Dropout::default(),
            Linear::new(256 * 6 * 6, 4096),
            ReLU::new(),
            Dropout::default(),
            Linear::new(4096, 4096),
            ReLU::new(),
            Linear::new(4096, num_classes),
        ],
    }
}

impl Forward for AlexNet {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let x = self.avgpool.forward(&self.features.forward(x));
        self.classifier.forward(&x.flatten(1, -1))
    }
}
