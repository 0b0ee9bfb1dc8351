//! Simple layers print, compute and differentiate as torch's do.

mod torch;

use autograd::Variable;
use nn::models::*;
use nn::{
    AdaptiveLogSoftmaxWithLoss, Approximate, Architecture, Bilinear, CELU, Conv1d, Conv2d, Conv3d,
    ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, Dropout, Dropout1d, Dropout2d, ELU, Embedding,
    EmbeddingBag, FeatureAlphaDropout, FractionalMaxPool2d, FractionalMaxPool3d, GELU, GLU, GRU, GRUCell,
    Hardshrink, Hardtanh, LSTM, LSTMCell, Layer, LeakyReLU, Linear, LinearCrossEntropyLoss, Module,
    MultiheadAttention, PReLU, RNN, RNNCell, Registry, Softmax, Softmax2d, Softplus, Softshrink, StateDict,
    Tanh, TensorSpec, Threshold, Transformer, TripletMarginWithDistanceLoss, Unflatten, sequential,
};
use testing::{alone, ramp, recording};
use torch::assert_close;

/// The module that torch prints so: `Unflatten(dim=1, unflattened_size=(2, 2))`.
fn printed(repr: &str) -> Architecture {
    let (kind, settings) = repr.strip_suffix(')').and_then(|repr| repr.split_once('(')).expect("a call");
    let mut config: Vec<(String, String)> = Vec::new();
    for part in settings.split(", ").filter(|part| !part.is_empty()) {
        match (part.split_once('='), config.last_mut()) {
            (Some((name, value)), _) => config.push((name.to_owned(), value.to_owned())),
            (None, Some(last)) => last.1 += &format!(", {part}"),
            // The shrinking functions print their one setting without its name.
            (None, None) => config.push(("lambd".to_owned(), part.to_owned())),
        }
    }
    Architecture {
        kind: kind.to_owned(),
        config: config.into_iter().map(|(name, value)| (name, value.parse().expect("Python"))).collect(),
        training: true,
        parameters: Vec::new(),
        buffers: Vec::new(),
        children: Vec::new(),
        same_as: None,
    }
}

#[test]
fn every_layer_matches_torch() {
    let _alone = alone();
    let registry = Registry::new();
    for case in recording!("layers").cases() {
        // What has a gradient is a parameter, but for the input.
        let names = case.tensors().into_iter().filter(|name| *name != "x");
        let names = names.filter(|name| case.get_tensor(&format!("d{name}")).is_some());
        let state: StateDict = names.map(|name| (name.to_owned(), case.tensor(name))).collect();
        let mut architecture = printed(case.text("repr"));
        let spec = |name: &str| TensorSpec { name: name.to_owned(), requires_grad: true, same_as: None };
        architecture.parameters = state.keys().map(spec).collect();
        let layer = registry.build(&architecture, &state).unwrap();
        let expected = case.tensor("y");
        let x = Variable::new(case.tensor("x")).requires_grad_(true);
        let what = format!("{} of {:?} {}", layer.repr(), x.shape(), expected.dtype());
        assert_eq!(layer.repr(), case.text("repr"));

        tensor::manual_seed(5);
        let y = layer.forward(&x);
        y.backward_with(ramp(&y.data()));
        assert_close(&what, &y.data(), &expected);
        assert_close(&format!("gradient of {what}"), &x.grad().unwrap(), &case.tensor("dx"));
        for (name, parameter) in layer.named_parameters() {
            let expected = case.tensor(&format!("d{name}"));
            assert_close(&format!("gradient of {name} of {what}"), &parameter.grad().unwrap(), &expected);
        }
    }
}

#[test]
fn dropout_hands_its_input_on_in_evaluation_mode() {
    let _alone = alone();
    let layer = Dropout::new(0.5);
    layer.eval();
    let x = Variable::new(tensor::rand([100]));
    let y = nn::Forward::forward(&layer, &x);
    assert_eq!(y.data().to_vec::<f32>(), x.data().to_vec::<f32>());
}

#[test]
#[should_panic(expected = "dropout probability has to be between 0 and 1, but got 1.5")]
fn dropout_refuses_what_is_no_probability() {
    Dropout::new(1.5);
}

#[test]
#[should_panic(expected = "dropout1d: Expected 2D or 3D input, but received a 1D input.")]
fn dropout1d_refuses_what_has_no_channels() {
    nn::Forward::forward(&Dropout1d::new(0.5), &Variable::new(tensor::ones([3])));
}

#[test]
#[should_panic(expected = "Feature dropout requires at least 2 dimensions in the input")]
fn dropout2d_refuses_what_has_no_channels() {
    nn::Forward::forward(&Dropout2d::new(0.5), &Variable::new(tensor::ones([3])));
}

#[test]
#[should_panic(expected = "Softmax2d: expected input to be 3D or 4D, got 2D instead")]
fn softmax2d_is_for_images() {
    nn::Forward::forward(&Softmax2d::new(), &Variable::new(tensor::ones([3, 3])));
}

#[test]
#[should_panic(expected = "the sizes [2, 2] don't multiply up to the size of dim 1 (5) in the input [3, 5]")]
fn unflatten_refuses_sizes_that_do_not_multiply_up() {
    let x = Variable::new(tensor::zeros([3, 5]));
    nn::Forward::forward(&Unflatten::new(1, [2, 2]), &x);
}

/// Right values: `nn.Unflatten(1, sizes)(torch.zeros(3, size)).shape` and `repr`.
#[test]
fn unflatten_infers_one_size() {
    for (size, sizes, expected) in [
        (6, vec![2, -1], vec![3, 2, 3]),
        (6, vec![-1, 2, 1], vec![3, 3, 2, 1]),
        (6, vec![-1], vec![3, 6]),
        (0, vec![2, -1], vec![3, 2, 0]),
        (0, vec![0], vec![3, 0]),
    ] {
        let x = Variable::new(tensor::zeros([3, size]));
        assert_eq!(
            nn::Forward::forward(&Unflatten::new(1, sizes.clone()), &x).shape(),
            expected,
            "{sizes:?}"
        );
    }
    assert_eq!(Unflatten::new(1, [2, -1]).repr(), "Unflatten(dim=1, unflattened_size=(2, -1))");
    for (size, sizes) in [
        (6, vec![4, -1]),
        (6, vec![-1, -1]),
        (0, vec![0, -1]),
        (6, vec![0, -1]),
        (6, vec![-2, 3]),
        (6, vec![]),
    ] {
        let x = Variable::new(tensor::zeros([3, size]));
        let refused =
            std::panic::catch_unwind(|| nn::Forward::forward(&Unflatten::new(1, sizes.clone()), &x).shape());
        assert!(refused.is_err(), "{sizes:?}");
    }
}

/// As torch prints what it was given: `nn.Softplus(2)`, `nn.Softplus(2.0)`, and so on.
#[test]
fn numbers_print_as_they_were_given() {
    let layers: [(Box<dyn Layer>, &str); 16] = [
        (Box::new(Softplus::default()), "Softplus(beta=1.0, threshold=20.0)"),
        (Box::new(Softplus::new(2, 20.0)), "Softplus(beta=2, threshold=20.0)"),
        (Box::new(Softplus::new(2.0, 10)), "Softplus(beta=2.0, threshold=10)"),
        (Box::new(LeakyReLU::new(0)), "LeakyReLU(negative_slope=0)"),
        (Box::new(ELU::new(2)), "ELU(alpha=2)"),
        (Box::new(ELU::new(2.0)), "ELU(alpha=2.0)"),
        (Box::new(Hardtanh::new(-2, 2.0)), "Hardtanh(min_val=-2, max_val=2.0)"),
        (Box::new(Dropout::new(0)), "Dropout(p=0, inplace=False)"),
        (Box::new(Dropout::new(0.0)), "Dropout(p=0.0, inplace=False)"),
        (Box::new(FeatureAlphaDropout::new(0.2)), "FeatureAlphaDropout(p=0.2, inplace=False)"),
        (Box::new(CELU::new(2)), "CELU(alpha=2)"),
        (Box::new(Softshrink::new(1)), "Softshrink(1)"),
        (Box::new(Hardshrink::new(0.25)), "Hardshrink(0.25)"),
        (Box::new(Threshold::new(0.1, 20)), "Threshold(threshold=0.1, value=20)"),
        (Box::new(PReLU::with(3, 0.5)), "PReLU(num_parameters=3)"),
        (Box::new(GLU::new(1)), "GLU(dim=1)"),
    ];
    for (layer, expected) in layers {
        assert_eq!(layer.repr(), expected);
        let built = Registry::new().build(&layer.architecture(), &layer.state_dict()).unwrap();
        assert_eq!(built.repr(), expected);
    }
}

#[test]
fn settings_survive_a_description() {
    let _alone = alone();
    for layer in [
        Box::new(LeakyReLU::new(0.2)) as Box<dyn Layer>,
        Box::new(Dropout::new(0.25)),
        Box::new(GELU::with(Approximate::Tanh)),
        Box::new(Softmax::new(-1)),
        Box::new(Softmax::default()),
        Box::new(Unflatten::new(-1, [2, 3])),
        Box::new(Tanh::new()),
    ] {
        let built = Registry::new().build(&layer.architecture(), &layer.state_dict()).unwrap();
        assert_eq!(built.repr(), layer.repr());
    }
}

/// The first recorded case of each kind, or torch's print with the settings that there must be.
#[test]
fn every_registered_module_follows_the_mode_and_keeps_it_in_a_file() {
    let _alone = alone();
    let (registry, recording) = (Registry::new(), recording!("layers"));
    let modes = |module: &dyn Module| -> Vec<bool> {
        module.modules().iter().map(|module| module.is_training()).collect()
    };
    let mut modules: Vec<Box<dyn Module>> = vec![
        Box::new(sequential![Tanh::new(), sequential![]]),
        Box::new(Linear::new(1, 1)),
        Box::new(Bilinear::new(1, 1, 1)),
        Box::new(Embedding::new(1, 1)),
        Box::new(EmbeddingBag::new(1, 1)),
        Box::new(GRU::new(1, 1)),
        Box::new(GRUCell::new(1, 1)),
        Box::new(LSTM::new(1, 1)),
        Box::new(LSTMCell::new(1, 1)),
        Box::new(RNN::new(1, 1)),
        Box::new(RNNCell::new(1, 1)),
        Box::new(MultiheadAttention::new(1, 1)),
        Box::new(Transformer::new(1, 1, 1, 1)),
        Box::new(PReLU::new(1)),
        Box::new(TripletMarginWithDistanceLoss::new()),
        Box::new(AdaptiveLogSoftmaxWithLoss::new(1, 2, &[1])),
        Box::new(LinearCrossEntropyLoss::new(1, 1)),
        Box::new(FractionalMaxPool2d::new(1, 1)),
        Box::new(FractionalMaxPool3d::new(1, 1)),
        Box::new(Conv1d::new(1, 1, 1)),
        Box::new(Conv2d::new(1, 1, 1)),
        Box::new(Conv3d::new(1, 1, 1)),
        Box::new(ConvTranspose1d::new(1, 1, 1)),
        Box::new(ConvTranspose2d::new(1, 1, 1)),
        Box::new(ConvTranspose3d::new(1, 1, 1)),
        Box::new(LeNet5::new()),
        Box::new(MnistNet::new()),
        Box::new(alexnet(1)),
        Box::new(densenet121(1)),
        Box::new(googlenet(1)),
        Box::new(mobilenet_v2(1)),
        Box::new(resnet18(1)),
        Box::new(resnet20(1)),
        Box::new(resnet50(1)),
        Box::new(squeezenet1_1(1)),
        Box::new(vgg11(1)),
    ];
    for kind in registry.kinds().filter(|kind| *kind != "Lambda") {
        if modules.iter().any(|module| module.modules().iter().any(|part| part.kind() == kind)) {
            continue;
        }
        let family = ["1d", "2d", "3d"].iter().find_map(|end| kind.strip_suffix(end)).unwrap_or(kind);
        let settings = match family {
            "AdaptiveAvgPool" | "AdaptiveMaxPool" => "output_size=1",
            "BatchNorm" | "InstanceNorm" => "num_features=1",
            "GroupNorm" => "num_groups=1, num_channels=1",
            "LayerNorm" | "RMSNorm" => "normalized_shape=(1,)",
            "LocalResponseNorm" => "size=1",
            "AvgPool" | "MaxPool" | "MaxUnpool" => "kernel_size=1",
            "LPPool" => "norm_type=2, kernel_size=1",
            "ConstantPad" => "padding=1, value=0",
            "CircularPad" | "ReflectionPad" | "ReplicationPad" | "ZeroPad" => "padding=1",
            "LazyConv" | "LazyConvTranspose" => "out_channels=1, kernel_size=1",
            "LazyLinear" => "out_features=1",
            "ChannelShuffle" => "groups=1",
            "PixelShuffle" => "upscale_factor=1",
            "PixelUnshuffle" => "downscale_factor=1",
            "Fold" => "output_size=1, kernel_size=1",
            "Unfold" => "kernel_size=1",
            "Upsample" | "UpsamplingNearest" | "UpsamplingBilinear" => "scale_factor=1",
            _ => "",
        };
        let recorded = recording.named(kind).first().map(|case| case.text("repr").to_owned());
        let repr = recorded.unwrap_or_else(|| format!("{kind}({settings})"));
        modules.push(registry.build_module(&printed(&repr), &StateDict::new()).unwrap());
    }
    for module in modules {
        for training in [true, false, true] {
            module.set_training(training);
            let file = module.architecture().to_value().unwrap();
            let architecture = Architecture::from_value(&file).unwrap();
            let lazy = module.kind().starts_with("Lazy"); // and has no state yet
            let state = if lazy { StateDict::new() } else { module.state_dict() };
            let again = registry.build_module(&architecture, &state).unwrap();
            let expected = vec![training; module.modules().len()];
            assert_eq!([modes(&*module), modes(&*again)], [expected.clone(), expected], "{module}");
        }
    }
}
