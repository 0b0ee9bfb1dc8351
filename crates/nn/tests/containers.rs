//! Parts under names, and functions as layers.

mod common;

use autograd::Variable;
use common::{assert_same, stored};
use nn::{
    Architecture, Forward, Lambda, Linear, Module, ModuleDict, Parameter, ParameterDict, ParameterList, ReLU,
    Registry, StateDict, sequential,
};
use tensor::{DType, Tensor, ones, zeros, zeros_dtype};

/// A module with all lists and dicts of parts.
#[derive(Module)]
struct Lists {
    heads: ModuleDict,
    factors: ParameterDict,
    weights: ParameterList,
}

fn lists() -> Lists {
    let mut factors = ParameterDict::new();
    factors.insert("b", Parameter::new(ones([2, 3])));
    factors.insert("a", Parameter::new(zeros_dtype((), DType::F64)));
    let heads = [("right", Linear::new(2, 1)), ("left", Linear::new(2, 3))].into_iter().collect();
    Lists { heads, factors, weights: vec![Parameter::new(ones([1]))] }
}

/// `list(state_dict())`, and `print`, of the same module in torch.
#[test]
fn names_and_print_are_torchs() {
    let lists = lists();
    let names = [
        "heads.right.weight",
        "heads.right.bias",
        "heads.left.weight",
        "heads.left.bias",
        "factors.b",
        "factors.a",
        "weights.0",
    ];
    assert_eq!(lists.state_dict().keys().collect::<Vec<_>>(), names);
    assert_eq!(
        lists.to_string(),
        "Lists(
  (heads): ModuleDict(
    (right): Linear(in_features=2, out_features=1, bias=True)
    (left): Linear(in_features=2, out_features=3, bias=True)
  )
  (factors): ParameterDict(
      (b): Parameter containing: [torch.FloatTensor of size 2x3]
      (a): Parameter containing: [torch.DoubleTensor of size ]
  )
  (weights): ParameterList(  (0): Parameter containing: [torch.float32 of size 1])
)"
    );
    assert_eq!(
        ModuleDict::new().to_string() + &ParameterDict::new().to_string(),
        "ModuleDict()ParameterDict()"
    );
}

#[test]
fn they_are_saved_whole_and_loaded() {
    let first = lists();
    first.eval();
    let architecture = stored(&first.architecture());
    let again: Lists = Registry::new().build_as(&architecture, &first.state_dict()).unwrap();
    assert_same(&again, &first);
    assert!(!again.heads.is_training() && !again.factors.is_training());
    let other = lists();
    other.load_state_dict(&first.state_dict()).unwrap();
    assert_eq!(
        other.state_dict()["heads.left.weight"].bytes(),
        first.state_dict()["heads.left.weight"].bytes()
    );
    assert_same(&first.deepcopy(), &first);
}

#[test]
fn parts_are_put_replaced_and_taken_out_by_name() {
    let mut heads = lists().heads;
    let before = heads.insert("right", ReLU::new()).expect("there was one");
    assert!(before.is::<Linear>() && heads["right"].is::<ReLU>());
    heads.insert("last", ReLU::new());
    assert_eq!(heads.keys().collect::<Vec<_>>(), ["right", "left", "last"]);
    assert!(heads.remove("left").is_some() && heads.remove("left").is_none());
    let kinds: Vec<_> = heads.iter().map(|(name, layer)| format!("{name} {}", layer.kind())).collect();
    assert_eq!(kinds, ["right ReLU", "last ReLU"]);
    heads.insert("left", ReLU::new());
    assert_eq!(heads.keys().next_back(), Some("left"));
    assert!(heads.contains_key("last") && heads.get("none").is_none() && heads.len() == 3);
}

#[test]
#[should_panic(expected = "ModuleDict: \"a.b\" is empty or contains a dot")]
fn a_name_has_no_dot() {
    ModuleDict::new().insert("a.b", ReLU::new());
}

#[test]
#[should_panic(expected = "no \"middle\" in the ModuleDict; it has [\"right\", \"left\"]")]
fn what_is_not_there_is_named() {
    let _ = &lists().heads["middle"];
}

#[test]
fn a_file_with_a_name_twice_is_refused() {
    let mut architecture: Architecture = lists().heads.architecture();
    architecture.children[1].0 = "right".into();
    let state: StateDict = StateDict::new();
    let error = Registry::new().build_as::<ModuleDict>(&architecture, &state).unwrap_err();
    assert!(error.to_string().contains("\"right\" cannot be the name of a part, or is so twice"), "{error}");
}

#[test]
fn a_closure_is_a_layer() {
    let mut net = sequential![Linear::new(2, 2), |x: &Variable| x.relu(), Variable::tanh];
    net.push(|x: &Variable| x * 2.0).insert(0, |x: &Variable| x + 1.0).push_named("end", |x: &Variable| -x);
    assert_eq!(net.len(), 6);
    let x = Variable::new(Tensor::from([[-1.0f32, -1.0]]));
    let linear = net.layer::<Linear>(1);
    let expected = -(linear.forward(&Variable::new(zeros([1, 2]))).relu().tanh() * 2.0);
    assert_eq!(net.forward(&x).data().to_vec::<f32>(), expected.data().to_vec::<f32>());
    assert_eq!(net[2].to_string(), "Lambda()");
    net.eval();
    assert!(!net[2].is_training());
    assert_eq!(net.state_dict().keys().collect::<Vec<_>>(), ["1.weight", "1.bias"]);
}

#[test]
fn a_net_with_a_closure_is_not_read_whole() {
    let net = sequential![Lambda::new(Variable::relu)];
    let error = Registry::new()
        .build(&net.architecture(), &net.state_dict())
        .map(drop)
        .expect_err("no function in a file");
    assert_eq!(error.to_string(), "0: its function is one of the program that saved it");
}
