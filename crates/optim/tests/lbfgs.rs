//! L-BFGS against torch's: where its steps lead, how often it evaluates the loss, what it prints and saves.

use autograd::Variable;
use nn::{Parameter, Value};
use optim::{AnyGroup, LBFGS, LBFGSOptions, LineSearch, Optimizer, ParamGroup};
use tensor::{DType, Tensor, cat, stack};
use testing::{Case, Within, assert_close, recording, refusal};

/// The start of `crates/testing/record/optim/lbfgs.py`.
fn start(dtype: DType) -> [Parameter; 2] {
    let x = Tensor::from([-1.2, 0.4, 2.0]).to_dtype(dtype);
    [x, Tensor::from([[1.0, -0.5, 0.75]]).to_dtype(dtype)].map(Parameter::new)
}

fn rosenbrock([x, y]: &[Parameter; 2]) -> Variable {
    (1.0 - &**x).powf(2.0).sum() + (&**y - &**x * &**x).powf(2.0).sum() * 10.0
}

fn flat(params: &[Parameter; 2]) -> Tensor {
    cat(&params.each_ref().map(|p| p.data().reshape(-1)), 0)
}

fn options(case: &Case) -> LBFGSOptions {
    let usual = LBFGSOptions::default();
    let whole = |key: &str, usual: usize| case.get_number(key).map_or(usual, |x| x as usize);
    LBFGSOptions {
        lr: case.get_number("lr").unwrap_or(usual.lr),
        max_iter: whole("max_iter", usual.max_iter),
        max_eval: case.get_number("max_eval").map(|x| x as usize),
        tolerance_grad: case.get_number("tolerance_grad").unwrap_or(usual.tolerance_grad),
        tolerance_change: case.get_number("tolerance_change").unwrap_or(usual.tolerance_change),
        history_size: whole("history_size", usual.history_size),
        line_search_fn: case["line_search_fn"].as_str().map(|_| LineSearch::StrongWolfe),
        maximize: case["maximize"] == true,
    }
}

/// One step, whose evaluations are counted.
fn step(optim: &mut LBFGS, params: &[Parameter; 2], sign: f64, evals: &mut usize) -> Tensor {
    let loss = optim.step(|| {
        *evals += 1;
        let loss = rosenbrock(params) * sign;
        loss.backward();
        loss
    });
    loss.data()
}

#[test]
fn steps_lead_where_torchs_lead() {
    let recording = recording!("lbfgs");
    assert_eq!(recording.named("LBFGS").len(), 30);
    for case in recording.named("LBFGS") {
        let at = case.tensor("at");
        let params = start(at.dtype());
        let mut optim = LBFGS::with(params.clone(), options(case));
        assert_eq!(optim.to_string(), case.text("repr"));
        let sign = if case["maximize"] == true { -1.0 } else { 1.0 };
        let (mut evals, mut places, mut losses) = (0, Vec::new(), Vec::new());
        for _ in 0..at.size(0) {
            losses.push(step(&mut optim, &params, sign, &mut evals));
            places.push(flat(&params));
        }
        // A line search looks at differences of losses that are close, and the next step builds on what it
        // chose: a rounding grows by a factor of some hundreds on the way, in either dtype.
        let unit = if at.dtype() == DType::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
        let within = unit * if case["line_search_fn"].is_null() { 10.0 } else { 4000.0 };
        let within = Within::relative(within).plus(within);
        assert_close(format!("{case:?} losses"), &stack(&losses, 0), &case.tensor("losses"), within);
        assert_close(format!("{case:?} places"), &stack(&places, 0), &at, within);
        let dict = optim.state_dict();
        let state = &dict.get("state").unwrap().as_dict().unwrap()[0].1;
        let keys = state.as_dict().unwrap().iter().map(|(key, _)| key.as_str().unwrap());
        assert_eq!(keys.collect::<Vec<_>>(), case.texts("keys"), "{case:?}");
        let count = |key: &str| state.get(key).unwrap().as_int().unwrap() as f64;
        assert_eq!(count("func_evals"), case.number("func_evals"), "{case:?}");
        assert_eq!(count("n_iter"), case.number("n_iter"), "{case:?}");
        assert_eq!(evals as f64, case.number("evals"), "{case:?}");
        let remembered = state.get("old_dirs").unwrap().as_list().unwrap().len();
        assert_eq!(remembered as f64, case.number("remembered"), "{case:?}");
    }
}

#[test]
fn a_state_dict_resumes() {
    for line_search_fn in [None, Some(LineSearch::StrongWolfe)] {
        let options = LBFGSOptions { lr: 0.1, max_iter: 3, line_search_fn, ..Default::default() };
        let (mut evals, params) = (0, start(DType::F32));
        let mut optim = LBFGS::with(params.clone(), options);
        (0..3).for_each(|_| drop(step(&mut optim, &params, 1.0, &mut evals)));
        let (middle, saved) = (params.each_ref().map(|p| p.data()), optim.state_dict());
        (0..3).for_each(|_| drop(step(&mut optim, &params, 1.0, &mut evals)));

        let resumed = middle.map(Parameter::new);
        let mut again = LBFGS::new(resumed.clone(), 0.7);
        again.load_state_dict(&saved).unwrap();
        (0..3).for_each(|_| drop(step(&mut again, &resumed, 1.0, &mut evals)));
        testing::assert_bits(format!("{line_search_fn:?}"), &flat(&resumed), &flat(&params));
        assert_eq!(again.state_dict(), optim.state_dict());
    }
}

#[test]
fn a_state_that_torch_has_written_resumes() {
    let recording = recording!("lbfgs");
    for case in recording.named("Resumed") {
        let before = case.tensor("before");
        let parts = [before.narrow(0, 0, 3), before.narrow(0, 3, 3).reshape([1, 3])];
        let params = parts.map(|part| Parameter::new(part.contiguous()));
        let rows = |key: &str| {
            let t = case.tensor(key);
            Value::List((0..t.size(0)).map(|i| Value::Tensor(t.select(0, i as isize))).collect())
        };
        let value = |key: &str| match case.get_tensor(key) {
            Some(_) if ["old_dirs", "old_stps", "ro"].contains(&key) => rows(key),
            Some(t) => Value::Tensor(t),
            None => Value::of(&case[key]),
        };
        let keys = [
            "func_evals",
            "n_iter",
            "d",
            "t",
            "old_dirs",
            "old_stps",
            "ro",
            "H_diag",
            "prev_flat_grad",
            "prev_loss",
        ];
        let state = Value::dict(keys.map(|key| (key, value(key))));
        let mut optim =
            LBFGS::with(params.clone(), LBFGSOptions { lr: 0.1, max_iter: 3, ..Default::default() });
        let groups = optim.state_dict().get("param_groups").unwrap().clone();
        let states = Value::Dict(vec![(Value::Int(0), state)]);
        optim.load_state_dict(&Value::dict([("state", states), ("param_groups", groups)])).unwrap();
        step(&mut optim, &params, 1.0, &mut 0);
        let unit = if before.dtype() == DType::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
        assert_close(
            format!("{case:?}"),
            &flat(&params),
            &case.tensor("after"),
            Within::of_largest(4.0 * unit),
        );
    }
}

#[test]
fn torchs_own_list_is_passed_over_and_a_wrong_one_refused() {
    let (mut evals, params) = (0, start(DType::F32));
    let mut optim = LBFGS::new(params.clone(), 0.1);
    step(&mut optim, &params, 1.0, &mut evals);
    let saved = optim.state_dict();
    let with = |key: &str, value: Value| {
        let state = saved.get("state").unwrap().as_dict().unwrap()[0].1.as_dict().unwrap();
        let mut state: Vec<_> = state.to_vec();
        state.retain(|(k, _)| k.as_str() != Some(key));
        state.push((Value::Str(key.into()), value));
        let states = Value::Dict(vec![(Value::Int(0), Value::Dict(state))]);
        Value::dict([("state", states), ("param_groups", saved.get("param_groups").unwrap().clone())])
    };
    optim.load_state_dict(&with("al", Value::List(vec![Value::None]))).unwrap();
    let error = optim.load_state_dict(&with("t", Value::Str("long".into()))).unwrap_err().to_string();
    assert!(error.contains("t cannot be 'long'"), "{error}");
}

#[test]
fn a_state_of_other_parameters_is_refused_before_anything_moves() {
    let (mut evals, params) = (0, start(DType::F32));
    let mut optim = LBFGS::new(params.clone(), 0.1);
    step(&mut optim, &params, 1.0, &mut evals);
    let others = [Tensor::from([1.0f32]), Tensor::from([[2.0f32]])].map(Parameter::new);
    let mut other = LBFGS::new(others.clone(), 0.1);
    other.load_state_dict(&optim.state_dict()).unwrap();
    let words = refusal(std::panic::AssertUnwindSafe(|| step(&mut other, &others, 1.0, &mut 0)));
    assert!(words.contains("is that of other parameters, not of 2 numbers of torch.float32"), "{words}");
    assert_eq!(flat(&others).to_vec::<f32>(), [1.0, 2.0]);
}

#[test]
fn there_is_one_group_and_a_closure() {
    let params = start(DType::F32);
    let groups = params.clone().map(|p| ParamGroup::new([p]));
    let words = "LBFGS doesn't support per-parameter options (parameter groups)";
    assert_eq!(refusal(|| LBFGS::new(groups, 1.0)), words);
    let mut optim = LBFGS::new(params, 1.0);
    let without: &mut dyn Optimizer = &mut optim;
    assert!(refusal(std::panic::AssertUnwindSafe(|| without.step())).contains("needs a closure"));
    assert_eq!(optim.param_groups()[0].get("max_eval"), Some(Value::Int(25)));
    assert!(refusal(|| LBFGS::new(start(DType::F32), -1.0)).contains("Invalid learning rate: -1"));
}
