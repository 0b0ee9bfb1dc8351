//! A step is taken whole or not at all, by several threads at once, and with a
//! parameter that is listed twice.

mod common;

use common::build;
use nn::{Options, Parameter, Value};
use optim::{
    Adadelta, Adagrad, Adam, AdamW, ClipGradNormOptions, Core, Momentum, Optimizer, ParamGroup, RMSprop,
    Roots, Rule, SGD, SGDOptions, Update, clip_grad_norm_, clip_grad_norm_with, clip_grad_value_,
};
use tensor::{DType, Tensor};
use testing::{json, recording, refusal, within_a_minute};

fn parameter(n: usize) -> Parameter {
    Parameter::new(tensor::ones([n]))
}

/// One that the optimizer of this name takes.
fn parameter_for(name: &str, n: usize) -> Parameter {
    if name == "Muon" { Parameter::new(tensor::ones([n, 1])) } else { parameter(n) }
}

fn give_gradients(params: &[Parameter]) {
    for p in params {
        p.set_grad(Some(tensor::full_dtype(&p.shape()[..], 0.25, p.dtype())));
    }
}

/// All that a step could change.
fn everything(params: &[Parameter], optim: &dyn Optimizer) -> String {
    let data: Vec<String> = params.iter().map(|p| p.to_string()).collect();
    format!("{data:?} {:?}", optim.state_dict())
}

/// Every optimizer and option that keeps state, small and large enough for several threads.
#[test]
fn a_step_that_does_not_fit_the_second_parameter_leaves_the_first_alone() {
    for case in recording!("optimizers").cases() {
        for n in [2, 70_000] {
            let params = [0, 1, 2].map(|_| parameter_for(case.name(), n));
            let mut optim = build(case.name(), case.fields(), params.clone());
            give_gradients(&params);
            optim.step();
            // The state stays F32 while the parameter becomes F64, as in torch, where the next step fails
            // too. Without a state nothing can misfit.
            params[1].to_dtype_(DType::F64);
            if !optim.state_dict().get("state").unwrap().as_dict().unwrap().is_empty() {
                let before = everything(&params, &*optim);
                let refused = refusal(|| optim.step());
                assert!(refused.contains("its state torch.float32"), "{case:?}: {refused}");
                assert_eq!(everything(&params, &*optim), before, "{case:?} {n}");
            }
            params[1].to_dtype_(DType::F16);
            let before = everything(&params, &*optim);
            assert!(refusal(|| optim.step()).contains("parameters are F32 or F64, not torch.float16"));
            assert_eq!(everything(&params, &*optim), before, "{case:?} {n}");
        }
    }
}

#[test]
fn an_option_of_the_wrong_kind_is_refused_and_changes_nothing() {
    for name in optim::NAMES {
        let params = [parameter_for(name, 2), parameter_for(name, 3)];
        let mut optim = build(name, &json!({}), params.clone());
        let before = everything(&params, &*optim);
        for key in ["lr", "weight_decay", "maximize"] {
            if optim.param_groups()[0].get(key).is_none() {
                continue; // Rprop decays nothing, Muon does not climb
            }
            let wrong = || "no such thing".into();
            let refused = refusal(|| optim.param_groups_mut()[0].set(key, wrong()));
            assert!(refused.contains(key), "{name}: {refused}");
            let group = ParamGroup::new([parameter_for(name, 1)]).with(key, "no such thing");
            let refused = refusal(|| optim.add_param_group(group));
            assert!(refused.contains(&format!("{name}: {key} cannot be 'no such thing'")), "{refused}");
        }
        assert_eq!(everything(&params, &*optim), before, "{name}");
    }
}

/// An optimizer of one's own, that cannot compute the scalars of its second group.
#[test]
fn a_rule_that_fails_leaves_no_state_behind() {
    #[derive(Clone, Copy, Debug, PartialEq, Options)]
    struct OwnOptions {
        #[option(default = 0.1)]
        lr: f64,
    }
    impl Rule for OwnOptions {
        const NAME: &'static str = "Own";
        const SLOTS: &'static [&'static str] = &["seen"];
        type Memory = ();

        fn step(core: &mut Core<Self>) {
            core.sweep(|options, _| {
                assert!(options.lr < 1.0, "one is too fast");
                *options
            });
        }
    }
    impl Update<1> for OwnOptions {
        fn apply<T: optim::Real>(self, w: &mut [T], _: &[T], _: [&mut [T]; 1], _: Roots) {
            w.fill(T::ZERO);
        }
    }
    let params = [parameter(2), parameter(3)];
    give_gradients(&params);
    let [slow, fast] = params.clone().map(|p| ParamGroup::new([p]));
    let mut optim = Core::<OwnOptions>::new([slow, fast.with("lr", 1.0)], 0.1);
    assert_eq!(refusal(|| optim.step()), "one is too fast");
    assert!(optim.state().iter().all(|state| state.slot(0).is_none() && state.step == 0.0));
    assert_eq!(params[0].data().to_vec::<f32>(), [1.0, 1.0]);
    params[1].zero_grad();
    optim.step();
    assert_eq!((optim.state()[0].step, params[0].data().to_vec::<f32>()), (1.0, vec![0.0, 0.0]));
}

#[test]
fn clipping_that_does_not_fit_the_second_gradient_leaves_the_first_alone() {
    let params = [parameter(2), parameter(2)];
    params[1].to_dtype_(DType::F16);
    give_gradients(&params);
    let clips: [&dyn Fn(); 3] = [
        &|| _ = clip_grad_norm_(&params, 0.1),
        &|| {
            drop(clip_grad_norm_with(&params, 0.1, ClipGradNormOptions::default()).map_err(|e| e.to_string()))
        },
        &|| clip_grad_value_(&params, 0.1),
    ];
    for clip in clips {
        assert!(refusal(clip).contains("gradients are F32 or F64, not torch.float16"));
        assert_eq!(params[0].grad().expect("it was given one").to_vec::<f32>(), [0.25, 0.25]);
        assert!(params[1].grad().is_some());
    }
}

/// Two optimizers over the same parameters in opposite orders, each on its own thread.
#[test]
fn optimizers_over_the_same_parameters_step_on_two_threads() {
    for n in [2, 70_000] {
        within_a_minute(move || {
            let params: Vec<Parameter> = (0..6).map(|_| parameter(n)).collect();
            give_gradients(&params);
            let backwards = params.iter().rev().cloned().collect();
            let steps = if n == 2 { 2000 } else { 100 };
            let lr = 1.0 / 1024.0;
            std::thread::scope(|scope| {
                for order in [params.clone(), backwards] {
                    scope.spawn(move || {
                        let mut optim = SGD::new(order, lr);
                        (0..steps).for_each(|_| optim.step());
                    });
                }
                // And one who changes them by hand, and reads the others meanwhile.
                for (i, p) in params.iter().enumerate() {
                    let other = &params[(i + 1) % params.len()];
                    scope.spawn(move || {
                        for _ in 0..steps {
                            p.update_data(|data| *data -= &Tensor::from(0.0f32));
                            assert_eq!(other.data().numel(), n);
                        }
                    });
                }
            });
            let expected = 1.0 - 2.0 * steps as f32 * 0.25 * lr as f32; // exact: all are multiples of 2⁻¹²
            for p in params {
                assert!(p.data().to_vec::<f32>().iter().all(|x| *x == expected));
            }
        });
    }
}

#[test]
fn a_step_inside_a_closure_that_changes_a_parameter_is_refused() {
    within_a_minute(|| {
        let params = [parameter(2), parameter(2)];
        give_gradients(&params);
        let mut optim = SGD::new(params.clone(), 0.1);
        let refused = params[1].update_data(|_| refusal(|| optim.step()));
        assert!(refused.contains("this thread is already inside a closure"), "{refused}");
        assert_eq!(params[0].data().to_vec::<f32>(), [1.0, 1.0]);
        optim.step();
        assert_eq!(params[0].data().to_vec::<f32>(), [0.975, 0.975]);
    });
}

/// `[p, q, p]`, both from 1 with the gradient 2, two steps: `p`, `q` after each, and the state, in torch
/// 2.15.
#[test]
fn a_parameter_listed_twice_is_updated_twice() {
    type Make = fn(Vec<Parameter>) -> Box<dyn Optimizer>;
    let momentum = |p| SGD::with(p, SGDOptions { lr: 0.1, momentum: 0.9, ..Default::default() });
    /// A key of the state, and what stands there for `p` and for `q`.
    type State = (&'static str, f64, f64);
    let cases: [(Make, [f64; 4], &[State]); 7] = [
        (|p| Box::new(SGD::new(p, 0.1)), [0.6, 0.8, 0.2, 0.6], &[]),
        (
            |p| Box::new(Momentum::new(p, 0.1, 0.9)),
            [0.6, 0.8, -0.322, 0.42],
            &[("momentum_buffer", 5.42, 3.8)],
        ),
        (
            |p| Box::new(Adam::new(p, 0.1)),
            [0.8, 0.9, 0.6, 0.8],
            &[("step", 4.0, 2.0), ("exp_avg", 0.6878, 0.38), ("exp_avg_sq", 0.015976, 0.007996)],
        ),
        (
            |p| Box::new(Adagrad::new(p, 0.1)),
            [0.8292893171310425, 0.9, 0.7215542793273926, 0.8292893171310425],
            &[("step", 4.0, 2.0), ("sum", 16.0, 8.0)],
        ),
        (
            |p| Box::new(RMSprop::new(p, 0.1)),
            [-0.7088811993598938, 0.0, -1.7928974628448486, -0.7088811993598938],
            &[("step", 4.0, 2.0), ("square_avg", 0.157616, 0.0796)],
        ),
        (
            |p| Box::new(Adadelta::new(p, 0.1)),
            [0.9993593692779541, 0.9996837973594666, 0.9986948370933533, 0.9993593692779541],
            &[("step", 4.0, 2.0), ("square_avg", 1.3756, 0.76)],
        ),
        (
            |p| Box::new(AdamW::new(p, 0.1)),
            [0.798101007938385, 0.8990000486373901, 0.5966055989265442, 0.798101007938385],
            &[("step", 4.0, 2.0), ("exp_avg", 0.6878, 0.38)],
        ),
    ];
    let close = |a: f64, b: f64| (a - b).abs() < 2e-6 * (1.0 + b.abs());
    for (make, after, state) in cases {
        let (p, q) = (parameter(1), parameter(1));
        let mut optim = make(vec![p.clone(), q.clone(), p.clone()]);
        for after in after.chunks(2) {
            for p in [&p, &q] {
                p.set_grad(Some(Tensor::from([2.0f32])));
            }
            optim.step();
            let found = [p.data().item(), q.data().item()];
            assert!(
                close(found[0], after[0]) && close(found[1], after[1]),
                "{optim}: {found:?}, {after:?}",
                optim = &*optim
            );
        }
        let dict = optim.state_dict();
        let ids =
            dict.get("param_groups").and_then(Value::as_list).and_then(|groups| groups[0].get("params"));
        let ids: Vec<_> = ids.and_then(Value::as_list).expect("a list").iter().map(Value::as_int).collect();
        assert_eq!(ids, [Some(2), Some(1), Some(2)]);
        let states = dict.get("state").and_then(Value::as_dict).expect("a dict");
        assert_eq!(states.len(), if state.is_empty() { 0 } else { 2 });
        for (id, entries) in states {
            for (key, p, q) in state {
                let found = entries.get(key).and_then(Value::as_tensor).expect("a tensor").item();
                let expected = if id.as_int() == Some(2) { *p } else { *q };
                assert!(close(found, expected), "{key}: {found}, {expected}");
            }
        }
        let mut again = make(vec![p.clone(), q.clone(), p]);
        again.load_state_dict(&dict).expect("it is its own");
        assert_eq!(format!("{:?}", again.state_dict()), format!("{dict:?}"));
    }
    let (p, q) = (parameter(1), parameter(1));
    let mut optim = momentum(vec![p.clone(), q]);
    assert_eq!(
        refusal(|| optim.add_param_group(ParamGroup::new([p]))),
        "some parameters appear in more than one parameter group"
    );
}
