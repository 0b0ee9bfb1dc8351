//! Lazy layers print, start and compute as torch's, say what they lack, and load what they will be.

use std::sync::Arc;

use autograd::{Variable, no_grad};
use nn::*;
use tensor::{DType, Tensor, ones, randn};
use testing::{Within, alone, assert_bits, assert_close, recording, refusal};

/// The description of a module of this kind, without parts.
fn described(kind: &str, settings: &Value) -> Architecture {
    let settings = settings.as_dict().expect("a dict").iter();
    let config = settings.map(|(name, value)| (name.as_str().expect("a name").to_owned(), value.clone()));
    Architecture {
        kind: kind.to_owned(),
        config: config.collect(),
        training: true,
        parameters: Vec::new(),
        buffers: Vec::new(),
        children: Vec::new(),
        same_as: None,
    }
}

/// `net` through its description, with this state.
fn again(net: &dyn Layer, state: &StateDict) -> Box<dyn Layer> {
    let file = net.architecture().to_value().unwrap();
    Registry::new().build(&Architecture::from_value(&file).unwrap(), state).unwrap()
}

#[test]
fn layers_become_torchs_with_the_first_input() {
    let _alone = alone();
    for case in recording!("lazy").cases() {
        let settings = case.text("settings").parse().expect("Python");
        let (lazy, whole) = case.text("text").split_once('\n').expect("two lines");
        let none = StateDict::new();
        let layer = Registry::new().build(&described(case.name(), &settings), &none).unwrap();
        assert_eq!(layer.repr(), lazy);
        let layer = again(&*layer, &none);
        assert_eq!(layer.repr(), lazy);

        tensor::manual_seed(2);
        let x = case.tensor("x");
        randn(x.shape());
        let y = no_grad(|| layer.forward(&Variable::new(x)));
        assert_eq!(layer.repr(), whole);
        assert_bits(layer.repr(), &tensor::rand([1]), &case.tensor("after"));
        let state = layer.state_dict();
        let names: Vec<_> =
            case.tensors().into_iter().filter(|name| !["x", "y", "after"].contains(name)).collect();
        assert_eq!(state.keys().collect::<Vec<_>>(), names, "{layer}");
        for (name, found) in state.iter() {
            let within = Within::relative(1e-6).plus(1e-6); // running statistics are computed
            assert_close(format!("{name} of {layer}"), found, &case.tensor(name), within);
            if matches!(name, "weight" | "bias") {
                assert_bits(format!("{name} of {layer}"), found, &case.tensor(name));
            }
        }
        assert_close(layer.repr(), &y.data(), &case.tensor("y"), Within::relative(1e-6).plus(2e-6));
        assert_eq!(again(&*layer, &state).repr(), whole);
    }
}

#[test]
fn the_lazy_forms_have_torchs_defaults() {
    let _alone = alone();
    assert_eq!(
        LazyInstanceNorm2d::new().repr(),
        "LazyInstanceNorm2d(0, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)"
    );
    assert_eq!(
        LazyBatchNorm1d::default().repr(),
        "LazyBatchNorm1d(0, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)"
    );
    assert_eq!(LazyConv2d::new(8, 3).repr(), "LazyConv2d(0, 8, kernel_size=(3, 3), stride=(1, 1))");
    let options = ConvTransposeOptions { bias: false, ..Default::default() };
    assert_eq!(
        LazyConvTranspose1d::with(8, 3, options).repr(),
        "LazyConvTranspose1d(0, 8, kernel_size=(3,), stride=(1,), bias=False)"
    );
}

#[derive(Module)]
struct Net {
    features: LazyConv2d,
    norm: Arc<LazyBatchNorm2d>,
    head: LazyLinear,
}

impl Net {
    fn new() -> Self {
        Self {
            features: LazyConv2d::new(4, 3),
            norm: Arc::new(LazyBatchNorm2d::new()),
            head: LazyLinear::new(2),
        }
    }
}

impl Forward for Net {
    fn forward(&self, x: &Variable) -> Variable {
        self.head.forward(&self.norm.forward(&self.features.forward(x)).flatten(1, -1))
    }
}

fn images() -> Variable {
    Variable::new(ones([2, 3, 5, 5]))
}

#[test]
fn a_net_of_lazy_layers_is_one_of_layers_after_the_first_pass() {
    let _alone = alone();
    let net = Net::new();
    net.eval();
    net.zero_grad();
    assert!(!net.features.is_training());
    net.forward(&images());
    assert_eq!(
        net.to_string(),
        "Net(
  (features): Conv2d(3, 4, kernel_size=(3, 3), stride=(1, 1))
  (norm): BatchNorm2d(4, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
  (head): Linear(in_features=36, out_features=2, bias=True)
)"
    );
    assert!(net.modules().iter().all(|module| !module.is_training()));
    let norm = net.norm.get().unwrap();
    assert_eq!(norm.num_batches_tracked.as_ref().unwrap().item(), 0.0);
    net.train();
    net.forward(&images());
    assert_eq!(norm.num_batches_tracked.as_ref().unwrap().item(), 1.0);

    let mut kinds = Vec::new();
    net.apply(|module| kinds.push(module.is::<Linear>() || module.downcast_ref::<Conv2d>().is_some()));
    assert_eq!(kinds, [true, false, true, false]);
    assert_eq!(net.features.kind(), "Conv2d");
    assert_eq!(net.named_parameters()[4].0, "head.weight");
    assert_eq!(net.num_parameters(), 4 * 27 + 4 + 8 + 36 * 2 + 2);

    let copy: Net = Registry::new().build_as(&net.architecture(), &net.state_dict()).unwrap();
    assert_eq!(copy.to_string(), net.to_string());
    assert_bits("scores", &copy.forward(&images()).data(), &net.forward(&images()).data());
}

#[test]
fn what_needs_parameters_says_who_has_none() {
    let _alone = alone();
    let message = |operation: &str, place: &str| {
        format!(
            "{operation}: Attempted to use an uninitialized parameter, of {place}. Call `forward` with a dummy \
             batch to initialize the parameters before"
        )
    };
    let net = sequential![Linear::new(2, 3), LazyLinear::new(10)];
    let place = "LazyLinear \"1\"";
    assert_eq!(refusal(|| net.parameters()), message("parameters", place));
    assert_eq!(refusal(|| net.named_parameters()), message("parameters", place));
    assert_eq!(refusal(|| net.num_parameters()), message("parameters", place));
    assert_eq!(refusal(|| net.requires_grad_(false)), message("parameters", place));
    assert_eq!(refusal(|| net.buffers()), message("buffers", place));
    assert_eq!(refusal(|| net.state_dict()), message("state_dict", place));
    assert_eq!(refusal(|| net.to_dtype(DType::F64)), message("to_dtype", place));
    assert_eq!(refusal(|| LazyLinear::new(1).state_dict()), message("state_dict", "LazyLinear"));
}

#[test]
fn an_input_that_does_not_fit_makes_nothing() {
    let _alone = alone();
    let conv = LazyConv2d::with(8, 3, ConvOptions { groups: 2, ..Default::default() });
    let forward = |shape: &[usize]| refusal(|| conv.forward(&Variable::new(ones(shape))));
    assert_eq!(
        forward(&[2, 5]),
        "LazyConv2d: Expected 3D (unbatched) or 4D (batched) input, but got input of size: [2, 5]"
    );
    assert_eq!(forward(&[2, 5, 4, 4]), "LazyConv2d: in_channels must be divisible by groups");
    assert!(conv.get().is_none());
    let norm = LazyBatchNorm2d::new();
    let message = refusal(|| norm.forward(&Variable::new(ones([2, 5]))));
    assert_eq!(message, "LazyBatchNorm2d: expected 4D input (got 2D input)");
    assert_eq!(
        refusal(|| LazyConv2d::with(7, 3, ConvOptions { groups: 2, ..Default::default() })),
        "LazyConv2d: out_channels must be divisible by groups"
    );
    conv.forward(&Variable::new(ones([2, 6, 4, 4])));
    assert_eq!(conv.get().unwrap().in_channels, 6);
}

#[test]
fn a_state_dict_makes_the_layers_it_is_of() {
    let _alone = alone();
    let trained = Net::new();
    trained.forward(&images());
    let state = trained.state_dict();

    let net = Net::new();
    net.norm.eval();
    tensor::manual_seed(1);
    assert_eq!(net.load_state_dict(&state).unwrap().to_string(), "<All keys matched successfully>");
    let next = tensor::rand([1]);
    tensor::manual_seed(1);
    assert_bits("loading draws nothing", &next, &tensor::rand([1]));
    assert_eq!(net.to_string(), trained.to_string());
    assert!(!net.norm.is_training() && net.head.is_training());
    for (name, found) in net.state_dict().iter() {
        assert_bits(name, found, &state[name]);
    }
}

#[test]
fn a_state_dict_that_does_not_fit_makes_nothing() {
    let _alone = alone();
    let trained = Net::new();
    trained.forward(&images());
    let mut state = trained.state_dict();
    state.insert("head.weight", ones([3, 36]));
    state.insert("head.bias", ones([3]));
    state.remove("norm.weight");
    state.insert("other", ones([1]));
    let net = Net::new();
    assert_eq!(
        net.load_state_dict(&state).unwrap_err().to_string(),
        "Error(s) in loading state_dict for Net:\
         \n\tMissing key(s) in state_dict: \"norm.weight\". \
         \n\tUnexpected key(s) in state_dict: \"other\". \
         \n\tsize mismatch for head.weight: copying a param with shape torch.Size([3, 36]) from checkpoint, the \
         shape in current model is torch.Size([2, 36]).\
         \n\tsize mismatch for head.bias: copying a param with shape torch.Size([3]) from checkpoint, the shape \
         in current model is torch.Size([2])."
    );
    assert!(net.head.get().is_none() && net.norm.get().is_none() && net.features.get().is_none());
}

#[test]
fn a_layer_whose_weight_is_not_there_goes_on_waiting() {
    let _alone = alone();
    let lazy = LazyLinear::new(2);
    let state: StateDict = [("bias".to_owned(), ones([2]))].into_iter().collect();
    assert_eq!(
        lazy.load_state_dict(&state).unwrap_err().to_string(),
        "Error(s) in loading state_dict for LazyLinear:\
         \n\tMissing key(s) in state_dict: \"weight\", \"bias\". \
         \n\tUnexpected key(s) in state_dict: \"bias\". "
    );
    let report = lazy.load_state_dict_non_strict(&state).unwrap();
    assert_eq!(report.missing_keys, ["weight", "bias"]);
    assert_eq!(report.unexpected_keys, ["bias"]);
    assert!(lazy.get().is_none());
    let empty: StateDict = [("weight".to_owned(), ones([2, 0]))].into_iter().collect();
    assert!(lazy.load_state_dict(&empty).is_err() && lazy.get().is_none());
}

#[test]
fn threads_agree_on_the_first_input() {
    let _alone = alone();
    let lazy = LazyLinear::new(3);
    let x = Variable::new(ones([1, 4]));
    let outputs: Vec<Tensor> = std::thread::scope(|scope| {
        let run = || no_grad(|| lazy.forward(&x)).data();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    outputs.iter().for_each(|y| assert_bits("output", y, &outputs[0]));
}

/// A description from outside cannot make a lazy layer that no program could.
#[test]
fn settings_of_a_file_are_checked() {
    let _alone = alone();
    let refused = |kind: &str, settings: &str| {
        let described = described(kind, &settings.parse().expect("Python"));
        Registry::new()
            .build(&described, &StateDict::new())
            .map(|layer| layer.repr())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(refused("LazyLinear", "{}"), "LazyLinear has no setting \"out_features\"");
    assert_eq!(
        refused("LazyConv1d", "{'out_channels': 3, 'kernel_size': 1, 'groups': 2}"),
        "out_channels must be divisible by groups"
    );
    let huge = "{'out_channels': 1152921504606846976, 'kernel_size': 1048576}";
    let lazy = Registry::new().build(&described("LazyConv3d", &huge.parse().unwrap()), &StateDict::new());
    assert!(lazy.unwrap().repr().starts_with("LazyConv3d(0, 1152921504606846976"));
}
