//! Convolutions start, print, compute and differentiate as torch's, and add up in its order.

use autograd::Variable;
use nn::{
    Conv1d, Conv2d, Conv3d, ConvOptions, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d,
    ConvTransposeOptions, Forward, Layer, Module, Padding, PaddingMode, Registry,
};
use tensor::{OptionValue, PerAxis, Tensor, Value, randn};
use testing::{
    Case, Within, alone, assert_bits, assert_close, checksum, ramp, recording, recording_of_isa,
    same_on_any_number_of_threads,
};

/// The layer of a case with its first weights.
fn layer(case: &Case) -> Box<dyn Layer> {
    let channels = ["inputs", "outputs"].map(|key| case.size(key));
    fn size<const D: usize>(value: &Value) -> PerAxis<D> {
        PerAxis::from_value(value).expect("a size")
    }
    macro_rules! made {
        ($layer:ident, $options:ident) => {{
            let options: $options<_> = case.options();
            Box::new($layer::with(channels[0], channels[1], size(&case.python("kernel")), options))
        }};
    }
    match case.name() {
        "Conv1d" => made!(Conv1d, ConvOptions),
        "Conv2d" => made!(Conv2d, ConvOptions),
        "Conv3d" => made!(Conv3d, ConvOptions),
        "ConvTranspose1d" => made!(ConvTranspose1d, ConvTransposeOptions),
        "ConvTranspose2d" => made!(ConvTranspose2d, ConvTransposeOptions),
        _ => made!(ConvTranspose3d, ConvTransposeOptions),
    }
}

#[test]
fn layers_are_torchs() {
    let _alone = alone();
    for case in recording!("conv").cases() {
        let name = case.text("repr");
        tensor::manual_seed(3);
        let layer = layer(case);
        assert_eq!(layer.repr(), name);
        let x = Variable::new(case.tensor("x")).requires_grad_(true);
        let y = layer.forward(&x);
        y.backward_with(ramp(&y.data()));
        let close = |what: &str, got: &Tensor, key: &str| {
            let within = Within::relative(1e-6).plus(2e-6);
            assert_close(format!("{what} of {name}"), got, &case.tensor(key), within);
        };
        close("output", &y.data(), "y");
        close("gradient", &x.grad().unwrap(), "dx");
        for (key, parameter) in layer.named_parameters() {
            assert_bits(format!("{key} of {name}"), &parameter.data(), &case.tensor(&key));
            close(&key, &parameter.grad().unwrap(), if key == "weight" { "dw" } else { "db" });
        }
        assert_eq!(layer.parameters().len(), 1 + usize::from(case.get_tensor("bias").is_some()));
    }
}

/// Equal to the bit where torch has vectors as wide as ours.
#[test]
fn larger_passes_add_up_in_torchs_order() {
    let _alone = alone();
    let Some(recording) = recording_of_isa!("conv") else { return };
    assert_eq!(recording.cases().len(), 25);
    let mut others = Vec::new();
    for case in recording.cases() {
        let [n, c, size, o, k, stride, padding, groups] = case.sizes("sizes")[..] else {
            panic!("eight sizes")
        };
        tensor::manual_seed(7);
        let x = Variable::new(randn([n, c, size, size])).requires_grad_(true);
        let (stride, padding) = (stride.into(), padding.into());
        let layer: Box<dyn Layer> = if case["transposed"] == true {
            let options = ConvTransposeOptions { stride, padding, groups, ..Default::default() };
            Box::new(ConvTranspose2d::with(c, o, k, options))
        } else {
            let padding = Padding::Size(padding);
            let options = ConvOptions { stride, padding, groups, ..Default::default() };
            Box::new(Conv2d::with(c, o, k, options))
        };
        let y = layer.forward(&x);
        y.backward_with(randn(y.shape()));
        let [weight, bias] = [0, 1].map(|i| layer.parameters()[i].grad().unwrap());
        let got = [y.data(), x.grad().unwrap(), weight, bias].map(|t| checksum(&t));
        let torchs = ["y", "dx", "dw", "db"].map(|key| case.text(key).to_owned());
        if got != torchs {
            others.push(format!("{layer} of {:?}: {got:?}, torch {torchs:?}", x.shape()));
        }
    }
    assert!(others.is_empty(), "{others:#?}");
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    same_on_any_number_of_threads(|| {
        let layer = Conv2d::with(6, 20, 3, ConvOptions { padding: 1.into(), ..Default::default() });
        let x = Variable::new(randn([3, 6, 9, 8])).requires_grad_(true);
        let y = layer.forward(&x);
        (&y * &y).sum().backward();
        [y.data(), x.grad().unwrap(), layer.weight.grad().unwrap()].map(|t| checksum(&t))
    });
}

#[test]
fn a_model_of_convolutions_is_saved_and_built_again() {
    let _alone = alone();
    let padding_mode = PaddingMode::Circular;
    let options = ConvOptions { padding: "same".into(), groups: 2, padding_mode, ..Default::default() };
    let net = nn::sequential![Conv2d::with(2, 4, (3, 1), options), ConvTranspose2d::new(4, 1, 2)];
    let again = Registry::new().build(&net.architecture(), &net.state_dict()).unwrap();
    assert_eq!(again.repr(), net.repr());
    let x = Variable::new(tensor::ones([1, 2, 4, 4]));
    assert_bits("output", &again.forward(&x).data(), &net.forward(&x).data());
}

#[test]
fn one_layer_in_another_order_of_its_options_is_the_same() {
    let _alone = alone();
    let layer = Conv2d::with(1, 2, 3, ConvOptions { padding: [1, 1].into(), ..Default::default() });
    assert_eq!(layer.options().padding, 1.into());
    assert_eq!(layer.repr(), "Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))");
}

macro_rules! refused {
    ($($name:ident: $message:literal, $code:expr;)*) => {$(
        #[test]
        #[should_panic(expected = $message)]
        fn $name() {
            let _alone = alone();
            let _ = $code;
        }
    )*};
}

fn image(shape: &[usize]) -> Variable {
    Variable::new(tensor::zeros(shape))
}

refused! {
    no_groups: "Conv2d: groups must be a positive integer",
        Conv2d::with(1, 1, 1, ConvOptions { groups: 0, ..Default::default() });
    groups_that_do_not_divide_the_input: "Conv2d: in_channels must be divisible by groups",
        Conv2d::with(3, 4, 1, ConvOptions { groups: 2, ..Default::default() });
    groups_that_do_not_divide_the_output: "ConvTranspose1d: out_channels must be divisible by groups",
        ConvTranspose1d::with(4, 3, 1, ConvTransposeOptions { groups: 2, ..Default::default() });
    same_padding_with_a_stride: "Conv1d: padding='same' is not supported for strided convolutions",
        Conv1d::with(1, 1, 3, ConvOptions { stride: 2.into(), padding: "same".into(), ..Default::default() });
    a_padding_that_torch_does_not_know: "Invalid padding string 'full', should be one of {'same', 'valid'}",
        Padding::<2>::from("full");
    other_channels: "conv2d: Given groups=1, weight of size [2, 3, 3, 3], expected input[2, 1, 8, 8] to have 3 channels, but got 1 channels instead",
        Conv2d::new(3, 2, 3).forward(&image(&[2, 1, 8, 8]));
    a_kernel_larger_than_the_image: "conv2d: Calculated padded input size per channel: (2 x 8). Kernel size: (3 x 3). Kernel size can't be greater than actual input size",
        Conv2d::new(1, 2, 3).forward(&image(&[2, 1, 2, 8]));
    too_few_axes: "conv2d: Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [3, 3]",
        Conv2d::new(1, 2, 3).forward(&image(&[3, 3]));
    a_stride_of_nothing: "conv2d: non-positive stride is not supported",
        Conv2d::with(1, 2, 3, ConvOptions { stride: 0.into(), ..Default::default() }).forward(&image(&[1, 1, 4, 4]));
    another_dtype: "conv2d: Input type (torch.float64) and weight type (torch.float32) should be the same",
        Conv2d::new(1, 2, 3).forward(&Variable::new(tensor::zeros([1, 1, 4, 4]).to_dtype(tensor::DType::F64)));
    channels_of_a_transpose: "conv_transpose2d: Given transposed=1, weight of size [3, 1, 2, 2], expected input[1, 2, 3, 3] to have 3 channels, but got 2 channels instead",
        ConvTranspose2d::new(3, 1, 2).forward(&image(&[1, 2, 3, 3]));
    too_much_output_padding: "conv_transpose2d: output padding must be smaller than either stride or dilation",
        ConvTranspose2d::with(1, 1, 2, ConvTransposeOptions { output_padding: 1.into(), ..Default::default() })
            .forward(&image(&[1, 1, 3, 3]));
    nothing_left_of_a_transpose: "Calculated output size per channel: (-2 x -2). Output size is too small",
        ConvTranspose2d::with(1, 1, 2, ConvTransposeOptions { padding: 3.into(), ..Default::default() })
            .forward(&image(&[1, 1, 3, 3]));
    a_size_out_of_reach: "requested an output size of [9, 14], but valid sizes range from [13, 13] to [14, 14] (for an input of [7, 7])",
        ConvTranspose2d::with(1, 1, 3, ConvTransposeOptions { stride: 2.into(), padding: 1.into(), ..Default::default() })
            .forward_with_size(&image(&[1, 1, 7, 7]), [9, 14]);
    other_padding_of_a_transpose: "ConvTranspose2d: Only \"zeros\" padding mode is supported for ConvTranspose2d",
        ConvTranspose2d::with(1, 1, 2, ConvTransposeOptions { padding_mode: PaddingMode::Reflect, ..Default::default() });
    a_reflection_longer_than_the_image: "Padding size should be less than the corresponding input dimension, but got: padding (6, 6) at dimension 3 of input [2, 1, 5, 5]",
        Conv2d::with(1, 1, 3, padded([0, 6], PaddingMode::Reflect)).forward(&image(&[2, 1, 5, 5]));
    two_rounds_of_an_image: "Padding value causes wrapping around more than once.",
        Conv2d::with(1, 1, 3, padded([6, 6], PaddingMode::Circular)).forward(&image(&[2, 1, 5, 5]));
    channels_of_a_padded_image: "conv2d: Given groups=1, weight of size [2, 3, 3, 3], expected input[2, 1, 10, 10] to have 3 channels, but got 1 channels instead",
        Conv2d::with(3, 2, 3, padded([1, 1], PaddingMode::Replicate)).forward(&image(&[2, 1, 8, 8]));
}

fn padded<const D: usize>(padding: [usize; D], padding_mode: PaddingMode) -> ConvOptions<D> {
    ConvOptions { padding: padding.into(), padding_mode, ..Default::default() }
}
