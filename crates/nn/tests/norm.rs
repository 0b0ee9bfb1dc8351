//! Norms print, compute, differentiate and keep statistics as torch's, to the bit.

use autograd::Variable;
use nn::{
    BatchNorm1d, BatchNorm2d, BatchNorm3d, BatchNormOptions, Forward, GroupNorm, GroupNormOptions,
    InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, InstanceNormOptions, Layer, LayerNorm, LayerNormOptions,
    LocalResponseNorm, LocalResponseNormOptions, Module, RMSNorm, RMSNormOptions, Registry, StateDict,
};
use tensor::{DType, OptionValue, Tensor, ones, randn, zeros};
use testing::{
    Case, Within, alone, assert_bits, assert_close, checksum, ramp, recording, same_on_any_number_of_threads,
};

/// The layer of a kind with the arguments and options of a case.
fn layer(kind: &str, case: &Case) -> Box<dyn Layer> {
    let arguments = case.python("arguments");
    let argument = |i: usize| &arguments.as_list().expect("a tuple")[i];
    let size = |i: usize| usize::from_value(argument(i)).expect("a size");
    let shape = || Vec::<usize>::from_value(argument(0)).expect("sizes");
    macro_rules! made {
        ($layer:ident($($argument:expr),*), $options:ident) => {
            Box::new($layer::with($($argument,)* case.options::<$options>()))
        };
    }
    match kind {
        "BatchNorm1d" => made!(BatchNorm1d(size(0)), BatchNormOptions),
        "BatchNorm2d" => made!(BatchNorm2d(size(0)), BatchNormOptions),
        "BatchNorm3d" => made!(BatchNorm3d(size(0)), BatchNormOptions),
        "GroupNorm" => made!(GroupNorm(size(0), size(1)), GroupNormOptions),
        "InstanceNorm1d" => made!(InstanceNorm1d(size(0)), InstanceNormOptions),
        "InstanceNorm2d" => made!(InstanceNorm2d(size(0)), InstanceNormOptions),
        "InstanceNorm3d" => made!(InstanceNorm3d(size(0)), InstanceNormOptions),
        "LayerNorm" => made!(LayerNorm(shape()), LayerNormOptions),
        "RMSNorm" => made!(RMSNorm(shape()), RMSNormOptions),
        _ => made!(LocalResponseNorm(size(0)), LocalResponseNormOptions),
    }
}

/// The output and all gradients by the names of the recording.
fn differentiated(layer: &dyn Layer, x: Tensor, dy: impl FnOnce(&Tensor) -> Tensor) -> Vec<(String, Tensor)> {
    layer.zero_grad();
    let x = Variable::new(x).requires_grad_(true);
    let y = layer.forward(&x);
    y.backward_with(dy(&y.data()));
    let gradient =
        |(name, variable): (&str, &Variable)| (format!("d{name}"), variable.grad().expect("a leaf"));
    let parameters = layer.named_parameters();
    let parameters = parameters.iter().map(|(name, parameter)| gradient((name, parameter)));
    [("y".to_owned(), y.data()), gradient(("x", &x))].into_iter().chain(parameters).collect()
}

#[test]
fn layers_are_torchs() {
    let _alone = alone();
    let mut made: Option<Box<dyn Layer>> = None;
    let recording = recording!("norm");
    for case in recording.cases().iter().filter(|case| case.name() != "pass") {
        let x = case.tensor("x");
        let layer = match case.name() {
            "again" => made.as_deref().expect("a layer comes first"),
            "eval" => {
                let layer = made.as_deref().expect("a layer comes first");
                layer.eval();
                layer
            }
            kind => {
                let layer = layer(kind, case);
                assert_eq!(layer.repr(), case.text("repr"));
                layer.to_dtype(x.dtype());
                for (name, parameter) in layer.named_parameters() {
                    parameter.set_data(case.tensor(&name));
                }
                &**made.insert(layer)
            }
        };
        let what = format!("{layer}, {} of {} {:?}", case.name(), x.dtype(), x.shape());
        let compare = |name: &str, got: &Tensor| {
            let (what, expected) = (format!("{name} of {what}"), case.tensor(name));
            // Only torch's order for single precision is known.
            let double = expected.dtype() == DType::F64;
            let powers = layer.kind() == "LocalResponseNorm";
            match (double, powers) {
                (false, false) => assert_bits(what, got, &expected),
                (false, true) => assert_close(what, got, &expected, Within::relative(1e-6).plus(2e-6)),
                (true, _) => assert_close(what, got, &expected, Within::relative(1e-13).plus(1e-13)),
            }
        };
        for (name, got) in differentiated(layer, x, ramp) {
            compare(&name, &got);
        }
        if case.name() == "again" {
            let buffers = layer.named_buffers();
            buffers.iter().for_each(|(name, buffer)| compare(name, &buffer.data()));
        }
    }
}

#[test]
fn larger_passes_add_up_in_torchs_order() {
    let _alone = alone();
    for case in recording!("norm").named("pass") {
        let shape = case.sizes("shape");
        tensor::manual_seed(7);
        let x = randn(shape.clone());
        let layer = layer(case.text("kind"), case);
        for parameter in layer.parameters() {
            parameter.set_data(randn(parameter.shape()));
        }
        for (name, got) in differentiated(&*layer, x, |y| randn(y.shape())) {
            assert_eq!(checksum(&got), case.text(&name), "{name} of {layer} of {shape:?}");
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let layers: [(Box<dyn Layer>, &[usize]); 4] = [
        (Box::new(BatchNorm2d::new(6)), &[40, 6, 37, 31]),
        (Box::new(BatchNorm1d::new(600)), &[170, 600]),
        (Box::new(LayerNorm::new([300])), &[400, 300]),
        (Box::new(GroupNorm::new(3, 6)), &[30, 6, 37, 31]),
    ];
    for (layer, shape) in layers {
        same_on_any_number_of_threads(|| {
            let results = differentiated(&*layer, randn(shape), |y| randn(y.shape())).into_iter();
            results.map(|(name, t)| (layer.kind(), name, checksum(&t))).collect::<Vec<_>>()
        });
    }
}

#[test]
fn a_model_of_norms_is_saved_and_built_again() {
    let _alone = alone();
    let options = BatchNormOptions { momentum: None, bias: false, ..Default::default() };
    let net = nn::sequential![
        BatchNorm2d::with(6, options),
        GroupNorm::new(2, 6),
        InstanceNorm2d::new(6),
        LayerNorm::new([4, 4]),
        RMSNorm::new([4]),
        LocalResponseNorm::new(2),
    ];
    let x = Variable::new(randn([3, 6, 4, 4]));
    net.forward(&x);
    net.eval();
    let again = Registry::new().build(&net.architecture(), &net.state_dict()).unwrap();
    assert_eq!(again.repr(), net.repr());
    assert_bits("output", &again.forward(&x).data(), &net.forward(&x).data());
}

#[test]
fn state_dicts_have_torchs_names_and_may_lack_the_count() {
    let _alone = alone();
    let layer = BatchNorm1d::new(2);
    let names = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"];
    assert_eq!(layer.state_dict().keys().collect::<Vec<_>>(), names);
    assert_eq!(layer.state_dict()["num_batches_tracked"].dtype(), DType::I64);
    let options = BatchNormOptions { track_running_stats: false, ..Default::default() };
    assert_eq!(BatchNorm1d::with(2, options).state_dict().len(), 2);
    assert!(InstanceNorm1d::new(2).state_dict().is_empty());

    layer.forward(&Variable::new(randn([3, 2])));
    let net = nn::sequential![layer];
    let without = |name: &str| -> StateDict {
        let state = BatchNorm1d::new(2).state_dict().into_iter().filter(|(key, _)| key != name);
        state.map(|(key, tensor)| (format!("0.{key}"), tensor)).collect()
    };
    assert!(net.load_state_dict(&without("running_mean")).is_err());
    let report = net.load_state_dict(&without("num_batches_tracked")).unwrap();
    assert_eq!(report, Default::default());
    assert_eq!(net.state_dict()["0.num_batches_tracked"].item(), 1.0);
    assert_eq!(net.state_dict()["0.running_var"].to_vec::<f32>(), [1.0, 1.0]);
}

#[test]
fn a_count_of_another_shape_is_refused_in_a_file() {
    let layer = BatchNorm1d::new(2);
    let state: StateDict = layer
        .state_dict()
        .iter()
        .map(|(name, tensor)| {
            let wrong = name == "num_batches_tracked";
            (name.to_owned(), if wrong { tensor.expand([2]) } else { tensor.clone() })
        })
        .collect();
    let error = Registry::new().build(&layer.architecture(), &state).unwrap_err().to_string();
    assert!(error.contains("num_batches_tracked has shape [2] instead of []"), "{error}");
}

#[test]
fn statistics_can_be_forgotten() {
    let _alone = alone();
    let layer = BatchNorm1d::new(2);
    let new = layer.state_dict();
    layer.forward(&Variable::new(randn([3, 2])));
    layer.reset_running_stats();
    for (name, tensor) in layer.state_dict().iter() {
        assert_bits(name, tensor, &new[name]);
    }
}

#[test]
fn a_batch_that_is_refused_changes_nothing() {
    let layer = BatchNorm1d::new(2);
    let refused = std::panic::catch_unwind(|| layer.forward(&Variable::new(ones([1, 2]))));
    assert!(refused.is_err());
    assert_eq!(layer.num_batches_tracked.unwrap().item(), 0.0);
}

macro_rules! refused {
    ($($name:ident: $message:literal, $code:expr;)*) => {$(
        #[test]
        #[should_panic(expected = $message)]
        fn $name() {
            let _ = $code;
        }
    )*};
}

fn input(shape: &[usize]) -> Variable {
    Variable::new(zeros(shape))
}

refused! {
    one_value_per_channel: "Expected more than 1 value per channel when training, got input size torch.Size([1, 3])",
        BatchNorm1d::new(3).forward(&input(&[1, 3]));
    other_axes_of_1d: "BatchNorm1d: expected 2D or 3D input (got 4D input)",
        BatchNorm1d::new(3).forward(&input(&[2, 3, 4, 5]));
    other_axes_of_2d: "BatchNorm2d: expected 4D input (got 2D input)",
        BatchNorm2d::new(3).forward(&input(&[2, 3]));
    other_axes_of_3d: "BatchNorm3d: expected 5D input (got 2D input)",
        BatchNorm3d::new(3).forward(&input(&[2, 3]));
    other_channels: "should contain 4 elements not 3",
        BatchNorm2d::new(3).forward(&input(&[2, 4, 2, 2]));
    other_statistics: "running_mean should contain 4 elements not 3",
        BatchNorm2d::with(3, BatchNormOptions { affine: false, ..Default::default() }).forward(&input(&[2, 4, 2, 2]));
    no_eps: "batch_norm eps must be positive during training, but got 0.0",
        BatchNorm2d::with(3, BatchNormOptions { eps: 0.0, ..Default::default() }).forward(&input(&[2, 3, 2, 2]));
    another_dtype: "batch_norm: mixed dtype (CPU): all inputs must share same datatype.",
        BatchNorm1d::new(3).forward(&Variable::new(zeros([2, 3]).to_dtype(DType::F64)));
    another_normalized_shape: "layer_norm: Given normalized_shape=[5], expected input with shape [*, 5], but got input of size[2, 4, 6]",
        LayerNorm::new([5]).forward(&input(&[2, 4, 6]));
    no_normalized_shape: "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = []",
        LayerNorm::new([0usize; 0]).forward(&input(&[2]));
    another_shape_of_rows: "rms_norm: Given normalized_shape=[5], expected input with shape [*5], but got input of size[2, 4, 6]",
        RMSNorm::new([5]).forward(&input(&[2, 4, 6]));
    groups_that_do_not_divide: "GroupNorm: num_channels (4) must be divisible by num_groups (3)",
        GroupNorm::new(3, 4);
    channels_of_group_norm: "group_norm: Expected weight to be a vector of size equal to the number of channels in input, but got weight of shape [4] and input of shape [2, 6, 3]",
        GroupNorm::new(2, 4).forward(&input(&[2, 6, 3]));
    one_value_per_group: "group_norm: Expected more than 1 value per channel when training, got input size [1, 2]",
        GroupNorm::new(2, 2).forward(&input(&[1, 2]));
    nothing_to_group: "group_norm: Expected HxW to be greater than 0, got 0",
        GroupNorm::new(2, 4).forward(&input(&[2, 4, 0]));
    one_place: "instance_norm: Expected more than 1 spatial element when training, got input size torch.Size([2, 3, 1])",
        InstanceNorm1d::new(3).forward(&input(&[2, 3, 1]));
    axes_of_instance_norm: "InstanceNorm2d: expected 3D or 4D input (got 2D input)",
        InstanceNorm2d::new(3).forward(&input(&[2, 3]));
    channels_of_instance_norm: "InstanceNorm2d: expected input's size at dim=0 to match num_features (3), but got: 4.",
        InstanceNorm2d::with(3, InstanceNormOptions { affine: true, ..Default::default() }).forward(&input(&[4, 4, 5]));
    too_few_axes_for_neighbours: "local_response_norm: Expected 3D or higher dimensionality input (got 2 dimensions)",
        LocalResponseNorm::new(2).forward(&input(&[2, 3]));
    no_neighbours: "local_response_norm: kernel size should be greater than zero",
        LocalResponseNorm::new(0).forward(&input(&[2, 3, 4]));
}
