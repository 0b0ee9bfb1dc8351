//! 40 steps of every schedule on two groups against torch's: the rates, the cycled momentum, the state dict
//! after 17 steps, and going on from it.

use std::sync::Arc;

use nn::{Options, Parameter, Value};
use optim::lr_scheduler::*;
use optim::swa_utils::{SWALR, SWALROptions};
use optim::{Adam, AnyGroup, Optimizer, ParamGroup, SGD, SGDOptions};
use tensor::Tensor;
use testing::{Case, Json, Within, assert_close, recording, refusal};

/// A step after epoch `t`, with the metric of `schedules.py`: falls, stalls, falls again.
fn step(scheduler: &mut dyn LRScheduler, t: usize, optim: &mut dyn Optimizer) {
    scheduler.step_with(1.0 / (1 + t.min(8)) as f64 - if t > 25 { 0.05 } else { 0.0 }, optim);
}

fn optimizer(name: &str) -> Box<dyn Optimizer> {
    let [a, b] = [0, 1].map(|_| Parameter::new(tensor::zeros([2])));
    let groups = [ParamGroup::new([a]).with("lr", 0.5), ParamGroup::new([b]).with("lr", 0.05)];
    if name.ends_with("adam") {
        Box::new(Adam::new(groups, 1e-3))
    } else {
        Box::new(SGD::with(groups, SGDOptions { momentum: 0.9, ..Default::default() }))
    }
}

fn schedule(name: &str, o: &mut dyn Optimizer) -> Box<dyn LRScheduler> {
    let cycle = |max_lr: PerGroup| OneCycleLROptions { max_lr, total_steps: 41, ..Default::default() };
    let cyclic = |base_lr: PerGroup, max_lr: PerGroup, step_size_up| CyclicLROptions {
        base_lr,
        max_lr,
        step_size_up,
        ..Default::default()
    };
    let linear =
        |start_factor, end_factor, total_iters| LinearLROptions { start_factor, end_factor, total_iters };
    match name {
        "step" => Box::new(StepLR::with_gamma(o, 6, 0.7)),
        "step_default" => Box::new(StepLR::new(o, 15)),
        "multi_step" => Box::new(MultiStepLR::new(o, [5, 12, 12, 30], 0.3)),
        "exponential" => Box::new(ExponentialLR::new(o, 0.93)),
        "linear" => Box::new(LinearLR::with(o, linear(0.2, 0.9, 20))),
        "linear_default" => Box::new(LinearLR::new(o)),
        "constant" => Box::new(ConstantLR::new(o, 0.4, 13)),
        "constant_default" => Box::new(ConstantLR::new(o, 1.0 / 3.0, 5)),
        "cosine" => Box::new(CosineAnnealingLR::new(o, 15, 0.003)),
        "cosine_zero" => Box::new(CosineAnnealingLR::new(o, 20, 0.0)),
        "warm_restarts" => Box::new(CosineAnnealingWarmRestarts::new(o, 5, 2, 0.001)),
        "warm_restarts_even" => Box::new(CosineAnnealingWarmRestarts::new(o, 7, 1, 0.0)),
        "one_cycle" => Box::new(OneCycleLR::new(o, 0.8, 41)),
        "one_cycle_linear" => Box::new(OneCycleLR::with(
            o,
            OneCycleLROptions {
                total_steps: 6 * 7,
                pct_start: 0.4,
                anneal: Anneal::Linear,
                div_factor: 10.0,
                final_div_factor: 100.0,
                base_momentum: 0.8.into(),
                max_momentum: 0.9.into(),
                ..cycle([0.8, 0.3].into())
            },
        )),
        "one_cycle_three_phase" => {
            Box::new(OneCycleLR::with(o, OneCycleLROptions { three_phase: true, ..cycle(0.8.into()) }))
        }
        "one_cycle_adam" => {
            Box::new(OneCycleLR::with(o, OneCycleLROptions { pct_start: 0.25, ..cycle(0.8.into()) }))
        }
        "one_cycle_no_momentum" => {
            Box::new(OneCycleLR::with(o, OneCycleLROptions { cycle_momentum: false, ..cycle(0.8.into()) }))
        }
        "plateau" => {
            let options = ReduceLROnPlateauOptions { factor: 0.5, patience: 3, ..Default::default() };
            Box::new(ReduceLROnPlateau::with(o, options))
        }
        "plateau_max_abs" => {
            let options = ReduceLROnPlateauOptions {
                mode: PlateauMode::Max,
                factor: 0.3,
                patience: 2,
                threshold: 0.02,
                threshold_mode: ThresholdMode::Abs,
                cooldown: 3,
                min_lr: [0.01, 0.001].into(),
                eps: 1e-3,
            };
            Box::new(ReduceLROnPlateau::with(o, options))
        }
        "swalr" => Box::new(SWALR::new(o, 0.07)),
        "swalr_linear" => {
            let options = SWALROptions {
                swa_lr: [0.03, 0.2].into(),
                anneal_epochs: 7,
                anneal_strategy: Anneal::Linear,
            };
            Box::new(SWALR::with(o, options))
        }
        "swalr_at_once" => {
            let options = SWALROptions { swa_lr: 0.03.into(), anneal_epochs: 0, ..Default::default() };
            Box::new(SWALR::with(o, options))
        }
        "lambda" => Box::new(LambdaLR::new(o, |t| 0.95f64.powf(t as f64))),
        "lambda_list" => Box::new(LambdaLR::each(
            o,
            vec![Box::new(|t| 1.0 / (1 + t) as f64), Box::new(|t| 0.9f64.powf((t / 3) as f64))],
        )),
        "multiplicative" => Box::new(MultiplicativeLR::new(o, |t| if t % 2 == 1 { 0.95 } else { 1.01 })),
        "polynomial" => Box::new(PolynomialLR::new(o, 30, 2.5)),
        "polynomial_default" => Box::new(PolynomialLR::new(o, 5, 1.0)),
        "cyclic" => Box::new(CyclicLR::with(
            o,
            CyclicLROptions { step_size_down: Some(9), ..cyclic(0.01.into(), 0.1.into(), 6) },
        )),
        "cyclic_triangular2" => Box::new(CyclicLR::with(
            o,
            CyclicLROptions {
                mode: CyclicMode::Triangular2,
                base_momentum: 0.7.into(),
                max_momentum: 0.95.into(),
                ..cyclic([0.01, 0.02].into(), [0.1, 0.3].into(), 5)
            },
        )),
        "cyclic_exp_range" => Box::new(CyclicLR::with(
            o,
            CyclicLROptions {
                mode: CyclicMode::ExpRange,
                gamma: 0.97,
                cycle_momentum: false,
                ..cyclic(0.01.into(), 0.1.into(), 5)
            },
        )),
        "cyclic_scale_fn" => Box::new(CyclicLR::with(
            o,
            CyclicLROptions {
                scale_fn: Some(ScaleBy::Cycle(Arc::new(|cycle| 1.0 / cycle))),
                cycle_momentum: false,
                ..cyclic(0.01.into(), 0.1.into(), 5)
            },
        )),
        "cyclic_adam" => Box::new(CyclicLR::with(o, cyclic(0.01.into(), 0.1.into(), 4))),
        "sequential" => {
            let parts: Vec<Box<dyn LRScheduler>> = vec![
                Box::new(LinearLR::with(o, linear(0.1, 1.0, 8))),
                Box::new(CosineAnnealingLR::new(o, 20, 0.003)),
                Box::new(ExponentialLR::new(o, 0.9)),
            ];
            Box::new(SequentialLR::new(o, parts, vec![8, 28]))
        }
        "sequential_restarts" => {
            let parts: Vec<Box<dyn LRScheduler>> = vec![
                Box::new(ConstantLR::new(o, 0.1, 5)),
                Box::new(CosineAnnealingWarmRestarts::new(o, 6, 2, 0.0)),
                Box::new(StepLR::with_gamma(o, 3, 0.5)),
            ];
            Box::new(SequentialLR::new(o, parts, vec![5, 30]))
        }
        "sequential_lambda" => {
            let parts: Vec<Box<dyn LRScheduler>> = vec![
                Box::new(MultiplicativeLR::new(o, |_| 0.9)),
                Box::new(LambdaLR::new(o, |t| 0.95f64.powf(t as f64))),
                Box::new(PolynomialLR::new(o, 10, 1.0)),
                Box::new(MultiStepLR::new(o, [3, 5], 0.5)),
            ];
            Box::new(SequentialLR::new(o, parts, vec![7, 14, 25]))
        }
        "chained" => {
            let parts: Vec<Box<dyn LRScheduler>> =
                vec![Box::new(ConstantLR::new(o, 0.1, 12)), Box::new(ExponentialLR::new(o, 0.9))];
            Box::new(ChainedScheduler::new(o, parts))
        }
        "sequential_chained" => {
            let parts: Vec<Box<dyn LRScheduler>> =
                vec![Box::new(LinearLR::with(o, linear(0.5, 1.0, 5))), Box::new(ExponentialLR::new(o, 0.95))];
            Box::new(SequentialLR::new(o, parts, vec![6]))
        }
        "sequential_of_chained" => {
            let parts: Vec<Box<dyn LRScheduler>> =
                vec![Box::new(LinearLR::with(o, linear(0.5, 1.0, 5))), Box::new(ExponentialLR::new(o, 0.95))];
            let parts: Vec<Box<dyn LRScheduler>> =
                vec![Box::new(ChainedScheduler::new(o, parts)), Box::new(StepLR::with_gamma(o, 4, 0.5))];
            Box::new(SequentialLR::new(o, parts, vec![12]))
        }
        "sequential_of_sequential" => {
            let parts: Vec<Box<dyn LRScheduler>> =
                vec![Box::new(ConstantLR::new(o, 0.5, 3)), Box::new(ExponentialLR::new(o, 0.9))];
            let inner = SequentialLR::new(o, parts, vec![6]);
            let parts: Vec<Box<dyn LRScheduler>> =
                vec![Box::new(inner), Box::new(CosineAnnealingLR::new(o, 20, 0.0))];
            Box::new(SequentialLR::new(o, parts, vec![15]))
        }
        other => panic!("{other}: no such schedule"),
    }
}

fn momentum(group: &dyn AnyGroup) -> f64 {
    let beta1 = group.get("betas").and_then(|betas| betas.as_list()?[0].as_float());
    beta1.unwrap_or_else(|| group.float("momentum"))
}

/// Equal but for the last bits, which `cos` and `pow` of another C library may round otherwise.
#[track_caller]
fn assert_same(what: &str, found: &[f64], expected: &Tensor) {
    let found = Tensor::from(found.to_vec());
    assert_close(what, &found, expected, Within::relative(4.0 * f64::EPSILON));
}

fn check_at(what: &str, case: &Case, t: usize, optim: &dyn Optimizer) {
    let what = format!("{what} after step {t}");
    let lrs: Vec<f64> = optim.param_groups().iter().map(|group| group.lr()).collect();
    assert_same(&what, &lrs, &case.tensor("lr").select(0, t as isize));
    if let Some(expected) = case.get_tensor("momentum") {
        let momentums: Vec<f64> = optim.param_groups().iter().map(|group| momentum(*group)).collect();
        assert_same(&what, &momentums, &expected.select(0, t as isize));
    }
}

/// A state dict as the fixture has it: dicts as lists of pairs.
fn assert_dict(what: &str, found: &Value, expected: &Json) {
    match found {
        Value::Dict(entries) => {
            let pairs =
                expected.as_array().unwrap_or_else(|| panic!("{what}: {found:?}, torch's {expected}"));
            assert_eq!(entries.len(), pairs.len(), "{what}");
            for ((key, value), pair) in entries.iter().zip(pairs) {
                match key {
                    Value::Str(key) => assert_eq!(key, pair[0].as_str().unwrap(), "{what}"),
                    key => assert_eq!(key.as_int(), pair[0].as_i64(), "{what}"),
                }
                assert_dict(&format!("{what} {}", pair[0]), value, &pair[1]);
            }
        }
        Value::List(items) => {
            assert_eq!(items.len(), expected.as_array().unwrap().len(), "{what}");
            items.iter().enumerate().for_each(|(i, item)| assert_dict(what, item, &expected[i]));
        }
        Value::None => assert!(expected.is_null(), "{what}"),
        Value::Bool(x) => assert_eq!(Some(*x), expected.as_bool(), "{what}"),
        Value::Int(x) => {
            assert!(expected.is_i64() && Some(*x) == expected.as_i64(), "{what}: {x}, torch's {expected}")
        }
        Value::Float(x) if x.is_infinite() => assert_eq!(x.to_string(), expected.as_str().unwrap(), "{what}"),
        Value::Float(x) => {
            assert!(expected.is_f64(), "{what}: {x}, torch's {expected}");
            assert_same(what, &[*x], &Tensor::from(expected.as_f64().into_iter().collect::<Vec<_>>()));
        }
        Value::Str(x) => assert_eq!(x, expected.as_str().unwrap(), "{what}"),
        other => panic!("{what}: {other:?}"),
    }
}

#[test]
fn every_schedule_is_torchs() {
    let recording = recording!("schedules");
    assert_eq!(recording.cases().len(), 39);
    for case in recording.cases() {
        let name = case.name();
        let mut optim = optimizer(name);
        let mut scheduler = schedule(name, &mut *optim);
        check_at(name, case, 0, &*optim);
        let mut saved = None;
        for t in 0..40 {
            step(&mut *scheduler, t, &mut *optim);
            check_at(name, case, t + 1, &*optim);
            assert_same(name, scheduler.get_last_lr(), &case.tensor("lr").select(0, t as isize + 1));
            if t + 1 == 17 {
                let state = scheduler.state_dict();
                if let Some(expected) = case["state"].as_str() {
                    assert_dict(name, &state, &expected.parse().expect("it is JSON"));
                }
                saved = Some((state, optim.state_dict()));
                let keys =
                    saved.as_ref().unwrap().1.get("param_groups").unwrap().as_list().unwrap()[0].as_dict();
                let keys: Vec<_> = keys.unwrap().iter().map(|(key, _)| key.as_str().unwrap()).collect();
                assert_eq!(keys, case.texts("group_keys"), "{name}");
            }
        }
        let text = optim.to_string();
        if text != case.text("repr") {
            // Only a rate's last digit may differ.
            assert_eq!(text.lines().count(), case.text("repr").lines().count(), "{name}: {text}");
            let lines = text.lines().zip(case.text("repr").lines());
            for (line, expected) in lines.filter(|(line, expected)| line != expected) {
                let number = |line: &str| line.rsplit([' ', '(', ',']).find_map(|x| x.parse::<f64>().ok());
                assert!(
                    (number(line).unwrap() - number(expected).unwrap()).abs() < 1e-14,
                    "{name}: {line}, {expected}"
                );
            }
        }

        // A new optimizer and a new schedule, at odds with the saved ones until they load them.
        let (state, optim_state) = saved.unwrap();
        let mut optim = optimizer(name);
        let mut scheduler = schedule(name, &mut *optim);
        step(&mut *scheduler, 0, &mut *optim);
        scheduler.load_state_dict(&state).unwrap();
        optim.load_state_dict(&optim_state).unwrap();
        for t in 17..40 {
            step(&mut *scheduler, t, &mut *optim);
            check_at(&format!("{name} resumed"), case, t + 1, &*optim);
        }
    }
}

#[test]
fn a_state_dict_of_another_schedule_is_refused_whole() {
    let mut optim = optimizer("sgd");
    let mut sequential = schedule("sequential", &mut *optim);
    let before = format!("{:?}", sequential.state_dict());
    let foreign = schedule("sequential_restarts", &mut *optimizer("sgd")).state_dict();
    assert!(sequential.load_state_dict(&foreign).is_err());
    assert_eq!(format!("{:?}", sequential.state_dict()), before);
    let error =
        StepLR::new(&mut *optim, 3).load_state_dict(&Value::Dict(Vec::new())).unwrap_err().to_string();
    assert!(error.contains("missing step_size\nmissing gamma"), "{error}");
}

/// The state dict of a schedule with one entry replaced.
fn with_entry(scheduler: &dyn LRScheduler, key: &str, value: Value) -> Value {
    let entries = scheduler.state_dict();
    let entries = entries.as_dict().unwrap().iter().map(|(k, v)| {
        let replaced = k.as_str() == Some(key);
        (k.clone(), if replaced { value.clone() } else { v.clone() })
    });
    Value::Dict(entries.collect())
}

#[test]
fn choices_go_by_torchs_names() {
    let optim = &mut *optimizer("sgd");
    let mut cyclic = CyclicLR::new(optim, 0.1, 0.2);
    for mode in ["triangular", "triangular2", "exp_range"] {
        cyclic.load_state_dict(&with_entry(&cyclic, "mode", mode.into())).unwrap();
        assert_eq!(cyclic.state_dict().get("mode"), Some(&mode.into()));
    }
    let error =
        cyclic.load_state_dict(&with_entry(&cyclic, "mode", "square".into())).unwrap_err().to_string();
    assert!(error.contains("mode cannot be 'square': unknown variant `square`"), "{error}");
}

#[test]
fn options_out_of_their_ranges_are_refused_in_torchs_words() {
    let linear = |start_factor, end_factor| {
        let options = LinearLROptions { start_factor, end_factor, ..Default::default() };
        refusal(|| LinearLR::with(&mut *optimizer("sgd"), options))
    };
    let start =
        "LinearLR: Starting multiplicative factor expected to be greater than 0 and less or equal to 1.";
    assert_eq!(linear(0.0, 1.0), start);
    assert_eq!(linear(1.5, 1.0), start);
    let end = "LinearLR: Ending multiplicative factor expected to be between 0 and 1.";
    assert_eq!(linear(1.0, -0.1), end);
    let cycle = |total_steps, pct_start| {
        let options = OneCycleLROptions { max_lr: 0.1.into(), total_steps, pct_start, ..Default::default() };
        refusal(|| OneCycleLR::with(&mut *optimizer("sgd"), options))
    };
    assert_eq!(cycle(0, 0.3), "OneCycleLR: Expected positive integer total_steps, but got 0");
    assert_eq!(cycle(10, 1.5), "OneCycleLR: Expected float between 0 and 1 pct_start, but got 1.5");
    let options = ReduceLROnPlateauOptions { factor: 1.0, ..Default::default() };
    let factor = refusal(|| ReduceLROnPlateau::with(&mut *optimizer("sgd"), options));
    assert_eq!(factor, "ReduceLROnPlateau: Factor should be < 1.0.");
}

#[test]
fn options_are_plain_data() {
    let given = "{'max_lr': [0.5, 1], 'total_steps': 10, 'anneal': 'linear'}";
    let options = OneCycleLROptions::from_value(&given.parse().unwrap()).unwrap();
    assert_eq!(options.max_lr, PerGroup::Each(vec![0.5, 1.0]));
    let saved = "{'max_lr': [0.5, 1.0], 'total_steps': 10, 'pct_start': 0.3, 'anneal': 'linear', \
                 'cycle_momentum': True, 'base_momentum': 0.85, 'max_momentum': 0.95, 'div_factor': 25.0, \
                 'final_div_factor': 10000.0, 'three_phase': False}";
    assert_eq!(options.to_value().to_string(), saved);
    let error =
        OneCycleLROptions::from_value(&"{'max_lr': 'high'}".parse().unwrap()).unwrap_err().to_string();
    assert_eq!(
        error,
        "max_lr cannot be 'high': expected a number or a list of numbers; \
         Expected positive integer total_steps, but got 0"
    );
}

#[test]
fn a_length_of_nothing_is_refused_before_it_divides() {
    let optim = &mut *optimizer("sgd");
    let mut step = StepLR::new(optim, 3);
    let mut cosine = CosineAnnealingLR::new(optim, 3, 0.0);
    let mut restarts = CosineAnnealingWarmRestarts::new(optim, 3, 2, 0.0);
    let mut cyclic = CyclicLR::new(optim, 0.1, 0.2);
    let mut refuse = |scheduler: &mut dyn LRScheduler, key: &str, value: Value, why: &str| {
        let before = scheduler.state_dict();
        let file = with_entry(scheduler, key, value);
        let error = scheduler.load_state_dict(&file).unwrap_err().to_string();
        assert_eq!(error, format!("the state dict does not fit:\n{key} must be {why}"));
        assert_eq!(scheduler.state_dict(), before);
        scheduler.step(optim);
    };
    refuse(&mut step, "step_size", Value::Int(0), "a whole number above 0, not 0");
    refuse(&mut cosine, "T_max", Value::Int(0), "a whole number above 0, not 0");
    for key in ["T_0", "T_i", "T_mult"] {
        refuse(&mut restarts, key, Value::Int(0), "a whole number above 0, not 0");
        refuse(&mut restarts, key, Value::Float(-2.0), "a whole number above 0, not -2.0");
    }
    refuse(&mut cyclic, "total_size", Value::Float(0.0), "a number above 0, not 0.0");
    // As Python's division leaves it.
    step.load_state_dict(&with_entry(&step, "step_size", Value::Float(4.0))).unwrap();
}

#[test]
#[should_panic(expected = "Tried to step 4 times. The specified number of total steps is 3")]
fn one_cycle_ends() {
    let mut optim = optimizer("sgd");
    let mut scheduler = OneCycleLR::new(&mut *optim, 0.1, 3);
    (0..4).for_each(|_| scheduler.step(&mut *optim));
}

#[test]
#[should_panic(expected = "optimizer must support momentum or beta1 with `cycle_momentum` option enabled")]
fn cycling_needs_a_momentum() {
    let mut optim = optim::Adagrad::new([Parameter::new(tensor::zeros([2]))], 0.1);
    CyclicLR::new(&mut optim, 0.1, 0.2);
}

#[test]
#[should_panic(expected = "max_lr must have the same length as optimizer.param_groups. max_lr has 3 values")]
fn a_list_has_a_value_for_each_group() {
    OneCycleLR::new(&mut *optimizer("sgd"), [0.1, 0.2, 0.3], 10);
}

/// torch has no such sequence; the parts do what they do alone.
#[test]
fn a_plateau_takes_part_in_sequences_and_chains() {
    let patient = || ReduceLROnPlateauOptions { factor: 0.5, patience: 0, ..Default::default() };
    let optim = &mut *optimizer("sgd");
    let warm_up = ConstantLR::new(optim, 0.5, 2);
    let plateau = ReduceLROnPlateau::with(optim, patient());
    let mut scheduler = SequentialLR::new(optim, vec![Box::new(warm_up), Box::new(plateau)], vec![2]);
    let mut rates = vec![scheduler.get_last_lr()[0]];
    for metric in [3.0, 1.0, 2.0, 2.0, 0.5] {
        scheduler.step_with(metric, optim);
        rates.push(optim.lr());
    }
    // At the change the metric is not looked at: the second schedule starts.
    assert_eq!(rates, [0.25, 0.25, 0.25, 0.25, 0.125, 0.125]);

    let optim = &mut *optimizer("sgd");
    let parts: Vec<Box<dyn LRScheduler>> =
        vec![Box::new(ExponentialLR::new(optim, 0.5)), Box::new(ReduceLROnPlateau::with(optim, patient()))];
    let mut scheduler = ChainedScheduler::new(optim, parts);
    scheduler.step_with(1.0, optim);
    assert_eq!(optim.lr(), 0.25);
    scheduler.step_with(1.0, optim);
    assert_eq!(optim.lr(), 0.0625);
    let refused = refusal(|| scheduler.step(optim));
    assert!(refused.contains("ReduceLROnPlateau.step() needs the watched number"), "{refused}");
}
