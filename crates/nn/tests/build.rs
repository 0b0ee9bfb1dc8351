//! Models from a description and a state dict: what survives a file, and what a damaged file cannot do.

mod common;

use autograd::Variable;
use common::{Custom, Parts, Residual, Tied, assert_same, stored};
use nn::{
    Architecture, Error, Forward, Identity, Layer, Linear, LinearOptions, Module, Registry, Sequential,
};
use nn::{StateDict, Value, sequential};
use tensor::{DType, Generator, Tensor, randn, zeros, zeros_dtype};

fn rebuild(registry: &Registry, net: &dyn Module) -> Box<dyn Layer> {
    registry.build(&stored(&net.architecture()), &net.state_dict()).unwrap()
}

#[test]
fn a_users_module_inside_a_sequential_survives_by_one_line() {
    let net =
        sequential![Linear::new(2, 2), Custom::new(Linear::new(2, 2)), sequential![Residual::new(2, 3, 1)]];
    net.layer::<Custom<Linear>>(1).eval();
    net.layer::<Linear>(0).requires_grad_(false);
    let mut registry = Registry::new();
    registry.register::<Custom<Linear>>().register::<Residual>();
    let again = rebuild(&registry, &net);
    assert_same(&*again, &net);
    let again = again.downcast_ref::<Sequential>().unwrap();
    assert!(!again[1].is_training() && again.layer::<Linear>(0).is_training());
    assert!(!again.layer::<Linear>(0).weight.requires_grad());

    let x = Variable::new(randn([5, 2]));
    assert_eq!(again.forward(&x).data().to_vec::<f32>(), net.forward(&x).data().to_vec::<f32>());
}

#[test]
fn a_type_that_is_asked_for_need_not_be_registered() {
    let parts = Parts::new();
    let again: Parts = Registry::new().build_as(&stored(&parts.architecture()), &parts.state_dict()).unwrap();
    assert_same(&again, &parts);
    let error = Registry::new().build_as::<Linear>(&parts.architecture(), &parts.state_dict()).unwrap_err();
    assert_eq!(error.to_string(), "expected Linear, found Parts");
}

#[test]
fn what_is_shared_stays_shared() {
    let tied = Tied::new();
    let again: Tied = Registry::new().build_as(&stored(&tied.architecture()), &tied.state_dict()).unwrap();
    assert_same(&again, &tied);
    assert!(again.encoder.weight.ptr_eq(&again.decoder.weight));
    assert!(std::sync::Arc::ptr_eq(&again.block, &again.again));
    assert!(again.inner.layer::<Linear>(0).weight.ptr_eq(&again.block.weight));
}

#[test]
fn an_unknown_kind_says_what_to_do() {
    let net = sequential![Identity::new(), sequential![Residual::new(2, 3, 1)]];
    let error = Registry::new().build(&net.architecture(), &net.state_dict()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "1.0: unknown kind of module \"Residual\": a type of your own needs `registry.register::<Residual>()` \
         before loading"
    );
}

#[test]
fn missing_and_left_over_tensors_are_all_named() {
    let net = sequential![Linear::new(2, 2), Linear::new(2, 1)];
    let mut state = net.state_dict();
    state.remove("0.bias");
    state.remove("1.weight");
    state.insert("1.scale", zeros([1]));
    let error = Registry::new().build(&net.architecture(), &state).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Error(s) in loading state_dict for Sequential:\n\
         \tMissing key(s) in state_dict: \"0.bias\", \"1.weight\". \n\
         \tUnexpected key(s) in state_dict: \"1.scale\". "
    );
}

fn refused(edit: impl FnOnce(&mut Architecture, &mut StateDict)) -> String {
    let net =
        sequential![Linear::new(2, 3), Identity::new(), Linear::with(3, 2, LinearOptions { bias: false })];
    let (mut architecture, mut state) = (net.architecture(), net.state_dict());
    edit(&mut architecture, &mut state);
    Registry::new().build(&architecture, &state).unwrap_err().to_string()
}

#[test]
fn a_description_that_contradicts_itself_is_refused() {
    let shapes = refused(|_, state| _ = state.insert("0.weight", zeros([2, 3])));
    assert_eq!(shapes, "0: weight has shape [2, 3] instead of [3, 2]");
    let bias = refused(|_, state| _ = state.insert("0.bias", zeros([1])));
    assert_eq!(bias, "0: bias has shape [1] instead of [3]");
    let dtype = refused(|_, state| _ = state.insert("2.weight", zeros_dtype([2, 3], DType::I64)));
    assert_eq!(dtype, "2: the parameter \"weight\" holds int64, not floats");

    let absent = refused(|a, _| _ = a.children[0].1.config.remove(1));
    assert_eq!(absent, "0: Linear has no setting \"out_features\"");
    let negative = refused(|a, _| a.children[0].1.config[0].1 = Value::Int(-2));
    assert!(negative.starts_with("0: the setting \"in_features\" of Linear: invalid value"), "{negative}");
    let parameter = refused(|a, _| _ = a.children[0].1.parameters.remove(0));
    assert_eq!(parameter, "0: Linear has no parameter \"weight\"");
    let extra = refused(|a, _| {
        let child = a.children[1].clone();
        a.children[0].1.children.push(child);
    });
    assert_eq!(extra, "0: Linear has no part \"1\"");
    let names = refused(|a, _| a.children[1].0 = "0".to_owned());
    assert_eq!(names, "\"0\" cannot be the name of a layer, or is so twice");
}

#[test]
fn sharing_in_a_file_cannot_point_anywhere_else() {
    let before = refused(|a, _| a.children[0].1.same_as = Some("2".to_owned()));
    assert_eq!(before, "0: shares \"2\", which is not a shared module before it");
    let itself = refused(|a, _| a.children[0].1.same_as = Some("0".to_owned()));
    assert_eq!(itself, "0: shares \"0\", which is not a shared module before it");
    let root = refused(|a, _| a.children[0].1.same_as = Some(String::new()));
    assert_eq!(root, "0: shares \"\", which is not a shared module before it");
    // A reference has to repeat what it refers to, or small files could stand for huge trees.
    let short = refused(|a, _| a.children[2].1.same_as = Some("0".to_owned()));
    assert_eq!(short, "2: shares \"0\", which is not a shared module before it");
    let tensor = refused(|a, _| a.children[0].1.parameters[0].same_as = Some("2.weight".to_owned()));
    assert_eq!(tensor, "0: \"weight\" shares \"2.weight\", which is not there");
}

#[test]
fn a_deep_file_is_an_error_and_not_the_end_of_the_stack() {
    let node = |depth: i64| {
        let Value::List(mut nodes) = Identity::new().architecture().to_value().unwrap() else {
            panic!("a list")
        };
        let Value::Dict(mut entries) = nodes.remove(0) else { panic!("a dict") };
        entries[0].1 = Value::Int(depth);
        Value::Dict(entries)
    };
    let read = |nodes: Vec<Value>| Architecture::from_value(&Value::List(nodes));
    let error = read((0..2000).map(node).collect()).unwrap_err();
    assert_eq!(error.to_string(), "nested more than 100 deep");
    let orphan = read(vec![node(0), node(2)]).unwrap_err();
    assert_eq!(orphan.to_string(), "a node at depth 2 has no parent");
    assert!(read(vec![node(0), node(0)]).is_err());
    assert_eq!(read(vec![]).unwrap_err().to_string(), "an empty description");
    assert_eq!(
        read(vec![Value::Int(1)]).unwrap_err().to_string(),
        "invalid type: integer `1`, expected struct Node"
    );

    // The deepest that is allowed is built, and one more is refused on the way out too.
    let nest = |levels| (0..levels).fold(sequential![Linear::new(1, 1)], |net, _| sequential![net]);
    let deepest = nest(99);
    assert_same(&*rebuild(&Registry::new(), &deepest), &deepest);
    let error = nest(100).architecture().to_value().unwrap_err();
    assert_eq!(error.to_string(), "nested more than 100 deep");
}

#[test]
fn settings_survive_a_file() {
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Kind {
        Plain,
        Slope(f32),
        Range { low: f64, high: f64 },
        Pair(u8, char),
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Settings {
        kinds: Vec<Kind>,
        size: Option<[usize; 2]>,
        unit: (),
        big: i64,
        name: String,
    }
    let settings = Settings {
        kinds: vec![
            Kind::Plain,
            Kind::Slope(0.1),
            Kind::Range { low: f64::NEG_INFINITY, high: 1e-5 },
            Kind::Pair(1, 'x'),
        ],
        size: Some([3, 4]),
        unit: (),
        big: i64::MIN,
        name: "a".to_owned(),
    };
    let value = Value::of(&settings);
    assert_eq!(
        value.to_string(),
        "{'kinds': ['Plain', {'Slope': 0.1}, {'Range': {'low': -inf, 'high': 1e-05}}, {'Pair': (1, 'x')}], \
         'size': (3, 4), 'unit': None, 'big': -9223372036854775808, 'name': 'a'}"
    );
    assert_eq!(value.to::<Settings>().unwrap(), settings);
    assert_eq!(value.to_string().parse(), Ok(value.clone()));
    assert!(value.to::<u8>().is_err());
}

#[test]
#[should_panic(
    expected = "register: the kind \"build::common::Tied\" is both build::common::Tied and build::"
)]
fn two_types_cannot_be_one_kind() {
    struct Impostor;
    impl Module for Impostor {
        fn kind_name() -> &'static str {
            "build::common::Tied"
        }
        fn members(&self) -> nn::Members<'_> {
            nn::Members::new()
        }
    }
    Registry::new().register::<Tied>().register_module::<Impostor>();
}

#[test]
fn a_module_without_a_way_to_be_built_says_so() {
    struct ByHand(Linear);
    impl Module for ByHand {
        fn kind_name() -> &'static str {
            "ByHand"
        }
        fn members(&self) -> nn::Members<'_> {
            let mut members = nn::Members::new();
            members.add("inner", &self.0);
            members
        }
    }
    let net = ByHand(Linear::new(1, 1));
    assert_eq!(net.state_dict().keys().collect::<Vec<_>>(), ["inner.weight", "inner.bias"]);
    let error = Registry::new().build_as::<ByHand>(&net.architecture(), &net.state_dict()).err().unwrap();
    assert!(matches!(error, Error::Architecture { .. }));
    assert!(error.to_string().ends_with("ByHand has no way to be built from a file"), "{error}");
}

#[test]
fn tensors_of_a_file_keep_their_dtype() {
    let net = sequential![Linear::new(2, 2)];
    net.to_dtype(DType::F64);
    let again = rebuild(&Registry::new(), &net);
    assert!(again.parameters().iter().all(|p| p.dtype() == DType::F64));
    let _: Tensor = again.parameters()[0].data();
}

/// Breaks a description or a state dict somewhere, by chance.
fn damage(random: &mut Generator, architecture: &mut Architecture, state: &mut StateDict) {
    let mut node = architecture;
    while !node.children.is_empty() && !random.next_u32().is_multiple_of(4) {
        let i = random.next_u32() as usize % node.children.len();
        node = &mut node.children[i].1;
    }
    let pick = random.next_u32() as usize;
    let paths = ["", "0", "0.weight", "1.inner", "1.inner.bias", "block", "inner.0", "decoder.weight", "."];
    let kinds =
        ["Linear", "Identity", "Sequential", "ModuleList", "ParameterList", "Tied", "Custom", "", "Nope"];
    let values = [
        Value::None,
        Value::Int(-1),
        Value::Int(i64::MAX),
        Value::Float(f64::NAN),
        Value::Str("0".to_owned()),
        Value::Tuple(vec![]),
    ];
    let names: Vec<_> = state.keys().map(str::to_owned).collect();
    match random.next_u32() % 12 {
        0 => node.kind = kinds[pick % kinds.len()].to_owned(),
        1 => node.same_as = Some(paths[pick % paths.len()].to_owned()),
        2 => node.config.iter_mut().for_each(|(_, value)| *value = values[pick % values.len()].clone()),
        3 => node.children.truncate(pick % 2),
        4 => node.children.extend(node.children.clone()),
        5 => node.children.reverse(),
        6 => node.children.iter_mut().for_each(|(name, _)| *name = paths[pick % paths.len()].to_owned()),
        7 => node.parameters.truncate(pick % 2),
        8 => node.parameters.iter_mut().for_each(|p| p.same_as = Some(paths[pick % paths.len()].to_owned())),
        9 => std::mem::swap(&mut node.parameters, &mut node.buffers),
        10 => _ = state.remove(&names[pick % names.len()]),
        _ => {
            let tensor =
                [zeros([0]), zeros([3, 3]), zeros_dtype([2], DType::Bool), zeros(())][pick % 4].clone();
            state.insert(names[pick % names.len()].clone(), tensor);
        }
    }
}

#[test]
fn no_damage_makes_building_panic() {
    let net = sequential![
        Linear::new(2, 3),
        Custom::new(Linear::new(2, 2)),
        Tied::new(),
        sequential![Identity::new()]
    ];
    let mut registry = Registry::new();
    registry.register::<Custom<Linear>>().register::<Tied>();
    let mut random = Generator::new(7);
    let mut refused = 0;
    for _ in 0..5000 {
        let (mut architecture, mut state) = (net.architecture(), net.state_dict());
        for _ in 0..1 + random.next_u32() % 3 {
            damage(&mut random, &mut architecture, &mut state);
        }
        match registry.build(&architecture, &state) {
            Ok(net) => drop(net.state_dict()),
            Err(error) => {
                assert!(!error.to_string().is_empty());
                refused += 1;
            }
        }
    }
    assert!(refused > 3000, "only {refused} refused");
}
