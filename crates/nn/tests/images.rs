//! Pools and paddings print, compute and differentiate as torch's, to the bit.

use autograd::Variable;
use nn::{Architecture, Layer, MaxPool2d, MaxPoolOptions, Module, Registry, StateDict};
use testing::{Case, Within, assert_bits, assert_close, ramp, recording};

/// The layer with the settings that torch's has, built as from a file.
fn layer(case: &Case) -> Box<dyn Layer> {
    let config = case.python("config");
    let settings = config.as_dict().expect("a dict").iter();
    let settings = settings.map(|(name, value)| (name.as_str().expect("a name").to_owned(), value.clone()));
    let architecture = Architecture {
        kind: case.name().to_owned(),
        config: settings.collect(),
        training: true,
        parameters: Vec::new(),
        buffers: Vec::new(),
        children: Vec::new(),
        same_as: None,
    };
    Registry::new().build(&architecture, &StateDict::default()).expect("a layer of this crate")
}

#[test]
fn every_pool_is_torchs_to_the_bit() {
    compare(recording!("pools").cases());
}

#[test]
fn every_padding_is_torchs_to_the_bit() {
    compare(recording!("pads").cases());
}

#[test]
fn every_layer_that_resamples_is_torchs_to_the_bit() {
    compare(recording!("vision").cases());
}

fn compare(cases: &[Case]) {
    for case in cases {
        let layer = layer(case);
        assert_eq!(layer.repr(), case.text("repr"));
        let x = Variable::new(case.tensor("x")).requires_grad_(true);
        let what = format!("{} of {:?}", case.text("config"), x.shape());
        let y = layer.forward(&x);
        let (expected, what) = (case.tensor("y"), format!("{} {what}", case.name()));
        if what.starts_with("AdaptiveAvgPool") && case.text("config") == "{'output_size': 1}" {
            // The mean over whole images is `mean_dim`, whose sums of short rows may differ in the last
            // place.
            assert_close(&what, &y.data(), &expected, Within::relative(1e-6));
        } else {
            assert_bits(&what, &y.data(), &expected);
        }
        y.backward_with(ramp(&y.data()));
        let gradient = x.grad().expect("x took part");
        assert_bits(format!("gradient of {what}"), &gradient, &case.tensor("dx"));
    }
}

#[test]
fn settings_survive_a_description() {
    let options = MaxPoolOptions { padding: [0, 1].into(), ceil_mode: true, ..Default::default() };
    let layer = MaxPool2d::with(3, options);
    let expected = "MaxPool2d(kernel_size=3, stride=3, padding=(0, 1), dilation=1, ceil_mode=True)";
    assert_eq!(layer.repr(), expected);
    let built = Registry::new().build(&layer.architecture(), &layer.state_dict()).unwrap();
    assert_eq!(built.repr(), expected);
}

#[test]
#[should_panic(
    expected = "max_pool2d: Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but \
                got:[4, 4]"
)]
fn an_image_has_channels() {
    nn::Forward::forward(&MaxPool2d::new(2), &Variable::new(tensor::zeros([4, 4])));
}
