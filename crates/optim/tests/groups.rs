//! Parameter groups, state dicts, and what is refused.

mod common;

use common::{build, flat, set_grads, start, start_for};
use nn::{Parameter, Value};
use optim::{
    Adam, AdamOptions, AdamW, Error, Formula, Optimizer, ParamGroup, RMSprop, RMSpropOptions, SGD, SGDOptions,
};
use tensor::{DType, Tensor};
use testing::{assert_bits, checksum, json, recording, refusal, same_on_any_number_of_threads};

fn parameter(n: usize) -> Parameter {
    Parameter::new(tensor::ones([n]))
}

/// A stopped, saved and resumed run is the uninterrupted one, bit for bit, whatever
/// the new optimizer was made with.
#[test]
fn a_resumed_run_is_the_uninterrupted_one() {
    for case in recording!("optimizers").cases() {
        for dtype in [DType::F32, DType::F64] {
            let params = start_for(case.name(), dtype);
            let mut optim = build(case.name(), case.fields(), params.clone());
            let mut middle = None;
            for step in 1..=40 {
                set_grads(&params, step);
                optim.step();
                if step == 22 {
                    let weights: Vec<Tensor> = params.iter().map(|p| p.data()).collect();
                    middle = Some((weights, optim.state_dict()));
                }
            }
            let expected = flat(&params);
            let (weights, state) = middle.unwrap();
            let params: Vec<Parameter> = weights.into_iter().map(Parameter::new).collect();
            let mut optim = build(case.name(), &json!({"lr": 0.7}), params.clone());
            optim.load_state_dict(&state).unwrap();
            for step in 23..=40 {
                set_grads(&params, step);
                optim.step();
            }
            assert_bits(format!("{case:?} {dtype}"), &flat(&params), &expected);
        }
    }
}

#[test]
fn the_result_does_not_depend_on_the_number_of_threads() {
    // Large enough to be split, in pieces that end anywhere.
    same_on_any_number_of_threads(|| {
        let params: Vec<Parameter> = [70_001, 3, 40_000, 1]
            .iter()
            .map(|&n| Parameter::new(Tensor::from_vec((0..n).map(|i| (i as f32).sin()).collect(), n)))
            .collect();
        let mut optims: Vec<Box<dyn Optimizer>> = vec![
            build("Adam", &json!({"amsgrad": true, "weight_decay": 0.1}), params.clone()),
            build("SGD", &json!({"momentum": 0.9}), params.clone()),
            build("RMSprop", &json!({"centered": true, "momentum": 0.9}), params.clone()),
        ];
        for step in 0..3 {
            for p in &params {
                p.set_grad(Some((p.data() * (step as f64 + 0.5)).cos()));
            }
            optims.iter_mut().for_each(|optim| optim.step());
        }
        params.iter().map(|p| checksum(&p.data())).collect::<Vec<_>>()
    });
}

#[test]
fn groups_have_their_own_hyper_parameters() {
    let [a, b, c] = [1, 1, 1].map(parameter);
    let groups = [ParamGroup::new([a.clone()]), ParamGroup::new([b.clone()]).with("lr", 0.25)];
    let mut optim = SGD::new(groups, 0.5);
    optim.add_param_group(ParamGroup::new([c.clone()]).with("weight_decay", 1.0));
    for p in [&a, &b, &c] {
        p.set_grad(Some(tensor::ones([1])));
    }
    optim.step();
    assert_eq!([&a, &b, &c].map(|p| p.data().item()), [0.5, 0.75, 0.0]);
    optim.param_groups_mut()[0].options.lr = 0.0;
    optim.step();
    assert_eq!([&a, &b].map(|p| p.data().item()), [0.5, 0.5]);
    // As torch prints a group made from {'params': …, 'weight_decay': 1.0}.
    let last = optim.to_string().split_off(optim.to_string().find("Parameter Group 2").unwrap());
    assert_eq!(
        last,
        "Parameter Group 2\n    dampening: 0\n    differentiable: False\n    foreach: None\n    fused: None\n    \
         lr: 0.5\n    maximize: False\n    momentum: 0\n    nesterov: False\n    weight_decay: 1.0\n)"
    );
}

#[test]
fn ids_run_through_the_groups_and_a_groups_own_keys_come_first() {
    let groups = [
        ParamGroup::new([parameter(2), parameter(3)]),
        ParamGroup::new([parameter(1)]).with("momentum", 0.5),
    ];
    let dict = SGD::new(groups, 0.1).state_dict();
    let groups = dict.get("param_groups").unwrap().as_list().unwrap();
    let ids = |group: &Value| -> Vec<i64> {
        group.get("params").unwrap().as_list().unwrap().iter().map(|id| id.as_int().unwrap()).collect()
    };
    assert_eq!((ids(&groups[0]), ids(&groups[1])), (vec![0, 1], vec![2]));
    let keys: Vec<_> = groups[1].as_dict().unwrap().iter().map(|(key, _)| key.as_str().unwrap()).collect();
    assert_eq!(keys[..3], ["momentum", "lr", "dampening"]);
}

#[test]
fn names_travel_with_the_groups() {
    let named = [("w".to_string(), parameter(2)), ("b".to_string(), parameter(1))];
    let mut optim = Adam::new(named, 0.1);
    assert!(optim.to_string().contains("    param_names: ['w', 'b']\n"));
    let plain = Adam::new([parameter(2), parameter(1)], 0.2).state_dict();
    optim.load_state_dict(&plain).unwrap();
    assert!(optim.to_string().contains("    param_names: ['w', 'b']\n"));
    assert_eq!(optim.param_groups()[0].options.lr, 0.2);
}

#[test]
fn parameters_without_a_gradient_stay_and_have_no_state() {
    let [a, b] = [2, 2].map(parameter);
    a.set_grad(Some(tensor::ones([2])));
    let mut optim = Adam::new([a, b.clone()], 0.1);
    optim.step();
    assert_eq!(b.data().to_vec::<f32>(), [1.0, 1.0]);
    assert_eq!(optim.state_dict().get("state").unwrap().as_dict().unwrap().len(), 1);
    optim.zero_grad();
    optim.step();
    assert_eq!(optim.state()[0].step, 1.0);
}

#[test]
fn adagrad_has_its_state_from_the_start() {
    let optim = build("Adagrad", &json!({"initial_accumulator_value": 0.5}), [parameter(2)]);
    let dict = optim.state_dict();
    let state = &dict.get("state").unwrap().as_dict().unwrap()[0].1;
    assert_eq!(state.get("step").unwrap().as_tensor().unwrap().item(), 0.0);
    assert_eq!(state.get("sum").unwrap().as_tensor().unwrap().to_vec::<f32>(), [0.5, 0.5]);
}

#[test]
fn odd_gradients_are_read_as_they_are() {
    // Transposed, expanded, empty.
    let w = Parameter::new(tensor::zeros([2, 3]));
    w.set_grad(Some(Tensor::from([[1.0_f32, 4.0], [2.0, 5.0], [3.0, 6.0]]).t()));
    let b = Parameter::new(tensor::zeros([3]));
    b.set_grad(Some(tensor::ones([1]).expand([3])));
    let none = Parameter::new(tensor::zeros([0, 4]));
    none.set_grad(Some(tensor::zeros([0, 4])));
    let mut optim = SGD::new([w.clone(), b.clone(), none], 1.0);
    optim.step();
    assert_eq!(w.data().to_vec::<f32>(), [-1.0, -2.0, -3.0, -4.0, -5.0, -6.0]);
    assert_eq!(b.data().to_vec::<f32>(), [-1.0; 3]);
}

#[test]
fn a_step_writes_in_place_and_not_into_copies() {
    let w = parameter(3);
    let before = w.data();
    w.set_grad(Some(tensor::ones([3])));
    let mut optim = SGD::new([w.clone()], 1.0);
    optim.step();
    assert_eq!(before.to_vec::<f32>(), [1.0; 3]);
    drop(before);
    let address = w.data().as_slice::<f32>().as_ptr();
    optim.step();
    assert_eq!(w.data().as_slice::<f32>().as_ptr(), address);
}

/// A state dict with one entry of one parameter's state or of a group replaced, or without it.
fn tampered(dict: &Value, part: &str, index: usize, key: &str, value: Option<Value>) -> Value {
    let mut dict = dict.clone();
    let Value::Dict(parts) = &mut dict else { unreachable!() };
    let (_, part) = parts.iter_mut().find(|(k, _)| k.as_str() == Some(part)).unwrap();
    let entries = match part {
        Value::Dict(states) => &mut states[index].1,
        Value::List(groups) => &mut groups[index],
        _ => unreachable!(),
    };
    let Value::Dict(entries) = entries else { unreachable!() };
    entries.retain(|(k, _)| k.as_str() != Some(key));
    entries.extend(value.map(|value| (Value::Str(key.into()), value)));
    dict
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let params = start(DType::F32);
    let mut optim = Adam::new(params.clone(), 0.1);
    set_grads(&params, 1);
    optim.step();
    let good = optim.state_dict();
    let before = format!("{good:?}");
    let mut refuse = |dict: &Value, expected: &str| {
        let error = optim.load_state_dict(dict).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}\ndoes not say: {expected}");
        assert_eq!(format!("{:?}", optim.state_dict()), before);
    };
    let more_groups = Adam::new([ParamGroup::new([parameter(1)]), ParamGroup::new([parameter(1)])], 0.1);
    refuse(&more_groups.state_dict(), "loaded state dict has a different number of parameter groups");
    refuse(
        &Adam::new([parameter(1)], 0.1).state_dict(),
        "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
    );
    refuse(&Value::None, "it needs a list 'param_groups' and a dict 'state'");
    refuse(&tampered(&good, "param_groups", 0, "lr", None), "group 0: missing lr");
    refuse(&tampered(&good, "param_groups", 0, "lr", Some("fast".into())), "group 0: lr cannot be 'fast'");
    refuse(&tampered(&good, "param_groups", 0, "betas", Some(0.9.into())), "group 0: betas cannot be 0.9");
    refuse(&tampered(&good, "state", 1, "exp_avg_sq", None), "state 1: missing exp_avg_sq");
    refuse(&tampered(&good, "state", 1, "step", None), "state 1: missing step");
    refuse(
        &tampered(&good, "state", 0, "exp_avg", Some(3.0.into())),
        "state 0: exp_avg must be a tensor, not 3.0",
    );
    let wrong = tampered(&good, "state", 0, "exp_avg", Some(tensor::zeros([7, 3]).into()));
    let wrong = tampered(&wrong, "state", 1, "exp_avg", Some(tensor::zeros([4]).into()));
    refuse(&wrong, "state 0: exp_avg has shape [7, 3], the parameter [3, 7]\nstate 1: exp_avg has shape [4]");
}

/// torch asks for ranges when an optimizer is made and looks at its own options only: a group's and a file's
/// are taken as they are.
#[test]
fn ranges_are_asked_of_the_optimizers_options_and_no_others() {
    let step = |p: &Parameter, optim: &mut SGD| {
        p.set_grad(Some(tensor::ones([1])));
        (0..2).for_each(|_| optim.step());
        p.data().item()
    };
    let p = parameter(1);
    let mut optim = SGD::new([ParamGroup::new([p.clone()]).with("lr", -1.0)], 0.1);
    assert_eq!(step(&p, &mut optim), 3.0);
    let p = parameter(1);
    let mut optim = SGD::new([p.clone()], 0.1);
    optim
        .load_state_dict(&tampered(&optim.state_dict(), "param_groups", 0, "lr", Some((-1.0).into())))
        .unwrap();
    assert_eq!(step(&p, &mut optim), 3.0);
}

fn textbook() -> SGDOptions {
    SGDOptions { momentum: 0.9, formula: Formula::Textbook, ..Default::default() }
}

#[test]
fn a_file_cannot_ask_the_textbooks_formula_for_what_it_lacks() {
    for (key, value) in [("nesterov", Value::Bool(true)), ("dampening", Value::Float(0.5))] {
        let mut optim = SGD::with([parameter(1)], textbook());
        let before = optim.state_dict();
        let error = optim.load_state_dict(&tampered(&before, "param_groups", 0, key, Some(value)));
        assert_eq!(
            error.unwrap_err().to_string(),
            "the state dict does not fit:\n\
             group 0: the textbooks' momentum has neither dampening nor nesterov"
        );
        assert_eq!(optim.state_dict(), before);
    }
}

#[test]
fn a_parameter_listed_twice_may_have_an_infinite_gradient() {
    // As torch's single-tensor loop: the first buffer is the gradient, both times.
    let p = parameter(3);
    let options = SGDOptions { lr: 0.1, momentum: 0.9, ..Default::default() };
    let mut optim = SGD::with([p.clone(), p.clone()], options);
    p.set_grad(Some(Tensor::from([f32::INFINITY, f32::NEG_INFINITY, 1.0])));
    let buffer = |optim: &SGD| optim.state()[1].slot(0).unwrap().clone();
    optim.step();
    assert_bits("data", &p.data(), &Tensor::from([f32::NEG_INFINITY, f32::INFINITY, 0.799_999_95]));
    assert_bits("buffer", &buffer(&optim), &Tensor::from([f32::INFINITY, f32::NEG_INFINITY, 1.0]));
    optim.step();
    assert_bits("data", &p.data(), &Tensor::from([f32::NEG_INFINITY, f32::INFINITY, 0.338_999_96]));
    assert_bits("buffer", &buffer(&optim), &Tensor::from([f32::INFINITY, f32::NEG_INFINITY, 2.71]));
}

#[test]
fn old_and_foreign_files_load() {
    let params = start(DType::F64);
    let mut optim = Adam::new(params.clone(), 0.1);
    set_grads(&params, 1);
    optim.step();
    let dict = tampered(&optim.state_dict(), "param_groups", 0, "decoupled_weight_decay", None);
    let dict = tampered(&dict, "param_groups", 0, "lr", Some(Value::Int(1)));
    let dict = tampered(&dict, "param_groups", 0, "fused", Some(true.into()));
    let dict = tampered(&dict, "param_groups", 0, "note", Some("mine".into()));
    let dict = tampered(&dict, "state", 0, "step", Some(Value::Int(5)));
    let dict = tampered(&dict, "state", 0, "exp_avg", Some(tensor::ones([3, 7]).into()));
    optim.load_state_dict(&dict).unwrap();
    assert_eq!(optim.param_groups()[0].options.lr, 1.0);
    assert!(!optim.param_groups()[0].options.decoupled_weight_decay);
    assert_eq!(optim.state()[0].step, 5.0);
    assert_eq!(optim.state()[0].slot(0).unwrap().dtype(), DType::F64);
    assert!(
        optim.to_string().contains("    fused: True\n") && optim.to_string().contains("    note: mine\n")
    );
    // AdamW's decay stays what it is.
    let mut adamw = AdamW::new(start(DType::F64), 0.1);
    adamw.load_state_dict(&dict).unwrap();
    assert!(adamw.to_string().contains("    decoupled_weight_decay: True\n"));
}

#[test]
fn the_state_dict_is_a_snapshot() {
    let w = parameter(2);
    w.set_grad(Some(tensor::ones([2])));
    let mut optim = Adam::new([w], 0.1);
    optim.step();
    let dict = optim.state_dict();
    let before = format!("{dict:?}");
    optim.step();
    assert_eq!(format!("{dict:?}"), before);
}

#[test]
fn nothing_stays_denormal() {
    let w = parameter(4);
    let mut optim =
        RMSprop::with([w.clone()], RMSpropOptions { alpha: 0.5, momentum: 0.5, ..Default::default() });
    w.set_grad(Some(Tensor::from([1.0_f32, 1e-20, 1e-38, 0.0])));
    optim.step();
    w.set_grad(Some(tensor::zeros([4])));
    for _ in 0..200 {
        optim.step();
        for slot in 0..2 {
            let state = optim.state()[0].slot(slot).unwrap().to_vec::<f32>();
            assert!(state.iter().all(|x| *x == 0.0 || x.is_normal()), "{state:?}");
        }
    }
}

macro_rules! refused {
    ($($name:ident: $message:literal, $make:expr;)*) => {$(
        #[test]
        #[should_panic(expected = $message)]
        fn $name() {
            $make;
        }
    )*};
}

refused! {
    an_empty_list: "optimizer got an empty parameter list", SGD::new(Vec::<Parameter>::new(), 0.1);
    a_negative_rate: "Invalid learning rate: -1", SGD::new([parameter(1)], -1.0);
    a_rate_that_is_nan: "Invalid learning rate: NaN", SGD::new([parameter(1)], f64::NAN);
    nesterov_without_momentum: "Nesterov momentum requires a momentum and zero dampening",
        SGD::with([parameter(1)], SGDOptions { nesterov: true, ..Default::default() });
    a_group_with_nesterov_in_the_textbooks_formula: "the textbooks' momentum has neither dampening nor nesterov",
        SGD::with([ParamGroup::new([parameter(1)]).with("nesterov", true)], textbook());
    a_step_with_dampening_in_the_textbooks_formula: "the textbooks' momentum has neither dampening nor nesterov", {
        let mut optim = SGD::with([parameter(1)], textbook());
        optim.param_groups_mut()[0].options.dampening = 0.5;
        optim.step();
    };
    a_beta_of_one: "Invalid beta parameter at index 1: 1",
        Adam::with([parameter(1)], AdamOptions { betas: (0.9, 1.0), ..Default::default() });
    a_negative_alpha: "Invalid alpha value: -0.1",
        RMSprop::with([parameter(1)], RMSpropOptions { alpha: -0.1, ..Default::default() });
    a_parameter_in_two_groups: "some parameters appear in more than one parameter group", {
        let p = parameter(1);
        SGD::new([ParamGroup::new([p.clone()]), ParamGroup::new([p])], 0.1)
    };
    a_group_without_names_among_named: "all optimizer param groups should be with/without names", {
        let mut optim = SGD::new([("w".to_string(), parameter(1))], 0.1);
        optim.add_param_group(ParamGroup::new([parameter(1)]));
    };
}

#[test]
fn group_errors_name_the_counts() {
    let mut optim = SGD::new([parameter(1)], 0.1);
    let other = SGD::new([parameter(1), parameter(1)], 0.1).state_dict();
    assert!(matches!(
        optim.load_state_dict(&other),
        Err(Error::GroupSize { group: 0, expected: 1, found: 2 })
    ));
}

#[test]
#[should_panic(expected = "SGD: parameters are F32 or F64, not torch.float16")]
fn a_half_is_not_trained() {
    SGD::new([Parameter::new(tensor::zeros_dtype([2], DType::F16))], 0.1);
}

/// Two parameters small enough to be updated one by one, and the same two beside a large one.
#[test]
fn parameters_are_updated_alike_alone_and_together() {
    for dtype in [DType::F32, DType::F64] {
        let run = |large: usize| {
            let params = start(dtype);
            let big = Parameter::new(tensor::zeros([large]));
            big.set_grad(Some(tensor::ones([large])));
            let all = params.iter().cloned().chain([big]);
            let mut optim = build("Adam", &json!({"amsgrad": true, "weight_decay": 0.1}), all);
            for step in 1..=5 {
                set_grads(&params, step);
                optim.step();
            }
            flat(&params).to_dtype(DType::F64).to_vec::<f64>()
        };
        assert_eq!(run(1), run(100_000), "{dtype}");
    }
}

#[test]
fn options_are_refused_in_torchs_words() {
    let cases = [
        ("NAdam", "{'momentum_decay': -0.2}", "Invalid momentum_decay value: -0.2"),
        ("RAdam", "{'betas': (0.9, 1.5)}", "Invalid beta parameter at index 1: 1.5"),
        ("ASGD", "{'lambd': -0.5}", "Invalid lambd value: -0.5"),
        ("ASGD", "{'alpha': -0.5}", "Invalid alpha value: -0.5"),
        ("Rprop", "{'etas': (1.5, 0.5)}", "Invalid eta values: 1.5, 0.5"),
        ("Adafactor", "{'eps': (-1e-30, 1e-3)}", "epsilon1 should be >= 0 but is: -1e-30"),
        ("Adafactor", "{'d': 0.5}", "Clipping threshold d should be >= 1 but is: 0.5"),
        ("Adafactor", "{'beta2_decay': 0.8}", "beta2_decay should be <= 0 but is: 0.8"),
        ("Muon", "{'momentum': -0.5}", "momentum should be >= 0 but is: -0.5"),
        ("Muon", "{'ns_steps': 100}", "Number of steps must be less than 100 for computational efficiency"),
        ("SparseAdam", "{'lr': 0.0}", "Invalid learning rate: 0"),
        ("SparseAdam", "{'eps': 0.0}", "Invalid epsilon value: 0"),
    ];
    for (name, options, words) in cases {
        let params = [Parameter::new(tensor::ones([2, 2]))];
        let refused = optim::by_name(name, params, &options.parse().unwrap()).err().unwrap();
        assert!(refused.to_string().contains(words), "{name}: {refused}");
    }
    let refused = refusal(|| optim::Muon::new([Parameter::new(tensor::ones([2, 3, 4]))], 0.1));
    let words = "Muon: only supports 2D parameters whereas we found a parameter with size: [2, 3, 4]";
    assert_eq!(refused, words);
}
