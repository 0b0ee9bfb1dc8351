//! Names, order, printing, sharing and loading, against what torch does.

mod common;

use autograd::Variable;
use common::{Custom, Parts, Residual, Tied, recorded};
use nn::{
    Error, Forward, Identity, Layer, Linear, Module, Parameter, Registry, Sequential, StateDict, Value,
    sequential,
};
use tensor::{DType, Tensor, zeros};

fn names<T>(pairs: &[(String, T)]) -> Vec<&str> {
    pairs.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn own_parameters_come_before_buffers_and_these_before_children() {
    let record = recorded();
    let (parts, torch) = (Parts::new(), record.case("parts"));
    assert_eq!(parts.to_string(), torch.text("repr"));
    assert_eq!(parts.state_dict().keys().collect::<Vec<_>>(), torch.texts("state"));
    assert_eq!(names(&parts.named_parameters()), torch.texts("parameters"));
    assert_eq!(names(&parts.named_buffers()), torch.texts("buffers"));
    assert_eq!(parts.num_parameters(), 4 * 6 + 3 - 6 + 4);
}

#[test]
fn what_is_shared_is_listed_once_and_saved_under_every_name() {
    let record = recorded();
    let (tied, torch, walk) = (Tied::new(), record.case("tied"), record.case("tied_walk"));
    assert_eq!(tied.to_string(), torch.text("repr"));
    assert_eq!(tied.state_dict().keys().collect::<Vec<_>>(), torch.texts("state"));
    assert_eq!(names(&tied.named_parameters()), torch.texts("parameters"));
    assert_eq!(names(&tied.named_modules()), walk.texts("modules"));
    assert_eq!(names(&tied.named_children()), walk.texts("children"));

    let mut order = Vec::new();
    tied.apply(|module| order.push(module.to_string()));
    let applied: Vec<_> = record.named("tied_apply").iter().map(|case| case.text("repr")).collect();
    assert_eq!(order, applied);
}

#[test]
fn a_load_that_does_not_fit_reports_everything_and_changes_nothing() {
    let record = recorded();
    let net = Residual::new(2, 8, 4);
    let before = net.state_dict();
    let bad: StateDict = record.case("load_bad_keys")["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let shape = entry[1].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize);
            (entry[0].as_str().unwrap().to_owned(), zeros(shape.collect::<Vec<_>>()))
        })
        .collect();
    let torch = record.case("load");
    assert_eq!(net.load_state_dict(&bad).unwrap_err().to_string(), torch.text("bad"));
    let error = net.load_state_dict_non_strict(&bad).unwrap_err();
    assert_eq!(error.to_string(), torch.text("bad_non_strict"));
    assert!(matches!(error, Error::StateDict(error) if error.mismatched.len() == 2));
    for (name, tensor) in net.state_dict().iter() {
        assert_eq!(tensor.to_vec::<f32>(), before[name].to_vec::<f32>(), "{name}");
    }
}

#[test]
fn a_load_that_fits_reports_as_torch_does() {
    let record = recorded();
    let net = Residual::new(2, 8, 4);
    let mut state = Residual::new(2, 8, 4).state_dict();
    assert_eq!(net.load_state_dict(&state).unwrap().to_string(), record.case("load").text("good"));

    let kept = net.layer1.bias.as_ref().unwrap().data().to_vec::<f32>();
    state.remove("layer1.bias");
    state.insert("layer1.weight", zeros([4, 2]));
    state.insert("zzz", zeros([1]));
    state.insert("layer2.more", zeros([1]));
    let report = net.load_state_dict_non_strict(&state).unwrap();
    assert_eq!(report.to_string(), record.case("load").text("non_strict"));
    assert_eq!(net.layer1.weight.data().to_vec::<f32>(), [0.0; 8]);
    assert_eq!(net.layer1.bias.as_ref().unwrap().data().to_vec::<f32>(), kept);
}

#[test]
fn loading_keeps_the_handle_and_converts_the_dtype() {
    let net = Linear::new(2, 1);
    let held = net.parameters().remove(0);
    let mut state = net.state_dict();
    state.insert("weight", Tensor::from([[0.5f64, 0.25]]));
    net.load_state_dict(&state).unwrap();
    assert!(held.ptr_eq(&net.weight));
    assert_eq!(held.data().to_vec::<f32>(), [0.5, 0.25]);
    assert!(held.requires_grad());
}

#[test]
fn a_scalar_saved_before_torch_0_4_has_one_axis_too_many() {
    let parts = Parts::new();
    let mut state = parts.state_dict();
    state.insert("steps", Tensor::from([7i64]));
    parts.load_state_dict(&state).unwrap();
    assert_eq!(parts.steps.data().item(), 7.0);
    assert!(parts.steps.shape().is_empty());
}

#[test]
fn a_state_dict_does_not_follow_later_training() {
    let net = Linear::new(2, 1);
    let state = net.state_dict();
    let before = state["weight"].to_vec::<f32>();
    net.weight.set_data(zeros([1, 2]));
    assert_eq!(state["weight"].to_vec::<f32>(), before);
}

#[test]
fn the_mode_reaches_the_whole_tree() {
    let net = sequential![Custom::new(sequential![Linear::new(2, 2)]), Identity::new()];
    let custom = net.layer::<Custom<Sequential>>(0);
    assert!(net.is_training() && custom.training.get());
    net.eval();
    assert!(!net.is_training() && !custom.training.get() && !custom.inner[0].is_training());
    net.set_training(true);
    assert!(net.modules().iter().all(|module| module.is_training()));
}

#[test]
fn a_frozen_module_has_no_gradients_to_compute() {
    let net = Residual::new(2, 3, 2);
    net.requires_grad_(false);
    assert!(net.parameters().iter().all(|p| !p.requires_grad()));
    net.requires_grad_(true);
    assert!(net.parameters().iter().all(|p| p.requires_grad()));
}

#[test]
fn to_dtype_converts_floats_only() {
    let parts = Parts::new();
    parts.to_dtype(DType::F64);
    assert!(parts.parameters().iter().all(|p| p.dtype() == DType::F64 && p.requires_grad()));
    assert_eq!(parts.steps.dtype(), DType::I64);
}

#[test]
fn settings_print_between_the_parentheses_and_absent_parts_not_at_all() {
    let custom = Custom::new(Identity::new());
    assert_eq!(
        custom.to_string(),
        "Custom(
  rate=0.5, size=(2, 3), label=None
  (inner): Identity()
  (boxed): Linear(in_features=2, out_features=2, bias=True)
  (many): ModuleList(
    (0-1): 2 x Linear(in_features=2, out_features=2, bias=True)
  )
  (some): Linear(in_features=2, out_features=2, bias=True)
)"
    );
    let names: Vec<_> = custom.state_dict().keys().map(str::to_owned).collect();
    assert_eq!(
        names,
        [
            "mean",
            "boxed.weight",
            "boxed.bias",
            "many.0.weight",
            "many.0.bias",
            "many.1.weight",
            "many.1.bias",
            "some.weight",
            "some.bias"
        ]
    );
}

#[test]
fn a_module_behind_its_trait_knows_its_type() {
    let net = sequential![Linear::new(2, 4), Identity::new()];
    let kinds: Vec<_> = net.modules().iter().map(|m| (m.is::<Sequential>(), m.is::<Linear>())).collect();
    assert_eq!(kinds, [(true, false), (false, true), (false, false)]);
    let mut seen = 0;
    for layer in &net {
        if let Some(linear) = layer.downcast_ref::<Linear>() {
            seen += linear.out_features;
        }
    }
    assert_eq!(seen, 4);
    assert!(net[0].is::<Linear>());
}

#[test]
#[should_panic(expected = "layer: expected Linear at 1, found Identity()")]
fn layer_names_what_it_found() {
    sequential![Linear::new(2, 4), Identity::new()].layer::<Linear>(1);
}

#[test]
#[should_panic(expected = "index 2 is out of range: the Sequential has 1 layers")]
fn an_index_out_of_range_names_the_length() {
    let _ = &sequential![Linear::new(2, 4)][2];
}

#[test]
fn a_sequential_grows_and_shares() {
    let mut net: Sequential = (0..2).map(|_| Linear::new(3, 3)).collect();
    let boxed: Box<dyn Layer> = Box::new(Identity::new());
    let first = net[0].clone();
    net.insert(1, boxed).push(first);
    let names: Vec<_> = net.named_modules().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["", "0", "1", "2"]); // "3" is the same layer as "0"
    assert_eq!((net.len(), net.iter().rev().count(), net.parameters().len()), (4, 4, 4));

    let mut tail = net.slice(2..);
    assert!(tail.layer::<Linear>(0).weight.ptr_eq(&net.layer::<Linear>(2).weight));
    tail.push(Identity::new()).push_named("last", Identity::new());
    assert_eq!(names_of(&tail), ["2", "3", "4", "last"]);
    tail.insert(0, Identity::new());
    assert_eq!(names_of(&tail), ["5", "2", "3", "4", "last"]);
}

fn names_of(net: &Sequential) -> Vec<String> {
    net.architecture().children.into_iter().map(|(name, _)| name).collect()
}

#[test]
#[should_panic(expected = "push_named: there is already a layer \"0\"")]
fn two_layers_cannot_have_one_name() {
    sequential![Identity::new()].push_named("0", Identity::new());
}

#[test]
fn a_vec_of_parameters_is_torchs_parameter_list() {
    #[derive(Module)]
    #[module(name = "Module")]
    struct Lists {
        one: Vec<Parameter>,
        two: Vec<Parameter>,
        none: Vec<Parameter>,
    }
    let parameter = |shape: &[usize]| Parameter::new(zeros(shape));
    let lists =
        Lists { one: vec![parameter(&[2])], two: vec![parameter(&[2, 3]), parameter(&[])], none: Vec::new() };
    let record = recorded();
    let torch = record.case("lists");
    assert_eq!(lists.to_string(), torch.text("repr"));
    assert_eq!(lists.state_dict().keys().collect::<Vec<_>>(), torch.texts("state"));
    let again: Lists = Registry::new().build_as(&lists.architecture(), &lists.state_dict()).unwrap();
    assert_eq!(again.to_string(), lists.to_string());
}

#[test]
fn tuple_structs_and_renamed_fields_have_their_names() {
    #[derive(Module)]
    struct Pair(Linear, #[module(name = "last")] Identity, #[module(config)] bool);
    let pair = Pair(Linear::new(1, 1), Identity::new(), true);
    let children: Vec<_> = pair.named_children().into_iter().map(|(name, _)| name).collect();
    assert_eq!(children, ["0", "last"]);
    assert_eq!(pair.config(), [("2", Value::Bool(true))]);
    let again: Pair = Registry::new().build_as(&pair.architecture(), &pair.state_dict()).unwrap();
    assert!(again.2);
}

#[test]
fn one_model_serves_many_threads() {
    let net = Residual::new(2, 8, 4);
    let x = Variable::new(Tensor::from([[0.5f32, -1.0], [2.0, 0.25]]));
    let expected = net.forward(&x).data().to_vec::<f32>();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(net.forward(&x).data().to_vec::<f32>(), expected);
                }
            });
        }
    });
}
