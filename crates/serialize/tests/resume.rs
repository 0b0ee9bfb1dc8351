//! Training that torch began goes on here with torch's own next steps; `fixtures/resume.py` recorded them.
//! A file saved here is in turn the file that torch would have saved.

mod common;

use autograd::Variable;
use common::{assert_same, fixture};
use nn::{Forward, Linear, MSELoss, Module, Parameter, Sequential, StateDict, Tanh, Value, sequential};
use optim::Optimizer;
use serialize::{Contents, Format, load_checkpoint};

fn net() -> Sequential {
    sequential![Linear::new(3, 4), Tanh::new(), Linear::new(4, 2)]
}

/// With its defaults: the options are the file's.
fn optimizer(run: &str, parameters: Vec<Parameter>) -> Box<dyn Optimizer> {
    let name = if ["nesterov", "plain"].contains(&run) { "sgd" } else { run };
    let name = optim::NAMES.iter().find(|known| known.eq_ignore_ascii_case(name)).expect("torch has it");
    optim::by_name(name, parameters, &Value::Dict(Vec::new())).expect("defaults are valid")
}

fn train(net: &Sequential, optimizer: &mut dyn Optimizer, x: &Variable, y: &Variable, steps: usize) {
    for _ in 0..steps {
        optimizer.zero_grad();
        MSELoss::new().forward(&net.forward(x), y).backward();
        optimizer.step();
    }
}

/// Each run's name and contents, with the data they share.
fn runs() -> (Variable, Variable, Vec<(String, Value)>) {
    let file = load_checkpoint(fixture("resume.pth")).unwrap();
    let data = |name| Variable::new(file.get(name).and_then(Value::as_tensor).unwrap().clone());
    let runs = file.get("runs").and_then(Value::as_dict).unwrap();
    assert_eq!(runs.len(), 8);
    let runs = runs.iter().map(|(name, run)| (name.as_str().unwrap().to_owned(), run.clone()));
    (data("x"), data("y"), runs.collect())
}

#[test]
fn the_next_steps_are_torchs() {
    let (x, y, runs) = runs();
    for (name, run) in runs {
        let net = net();
        let mut optimizer = optimizer(&name, net.parameters());
        let _ = net.load_state_dict(&StateDict::try_from(run.get("model").unwrap()).unwrap()).unwrap();
        optimizer.load_state_dict(run.get("optimizer").unwrap()).unwrap();
        train(&net, &mut *optimizer, &x, &y, 2);
        let after = StateDict::try_from(run.get("after").unwrap()).unwrap();
        for (key, tensor) in net.state_dict().iter() {
            let (found, expected) = (tensor.to_vec::<f32>(), after[key].to_vec::<f32>());
            // Every weight moves by sums over all of them: the largest gives the size of a rounding.
            let largest = expected.iter().fold(0.0_f32, |m, x| m.max(x.abs()));
            for (a, b) in found.iter().zip(&expected) {
                assert!((a - b).abs() <= 1e-6 * largest, "{name} {key}: {found:?} {expected:?}");
            }
        }
    }
}

#[test]
fn what_is_saved_is_in_torchs_layout() {
    for (name, run) in runs().2 {
        let net = net();
        let mut optimizer = optimizer(&name, net.parameters());
        let saved = run.get("optimizer").unwrap();
        optimizer.load_state_dict(saved).unwrap();
        assert_same(&optimizer.state_dict(), saved, &name);
        let _ = net.load_state_dict(&StateDict::try_from(run.get("model").unwrap()).unwrap()).unwrap();
        assert_same(&net.state_dict().into(), run.get("model").unwrap(), &name);
    }
}

#[test]
fn a_run_saved_and_resumed_equals_the_uninterrupted_one() {
    let (x, y, runs) = runs();
    for (name, _) in runs {
        tensor::manual_seed(7);
        let whole = net();
        let mut optim = optimizer(&name, whole.parameters());
        train(&whole, &mut *optim, &x, &y, 2);
        let checkpoint =
            Value::dict([("model", whole.state_dict().into()), ("optimizer", optim.state_dict())]);
        train(&whole, &mut *optim, &x, &y, 3);
        for format in [Format::Torch, Format::Native] {
            let bytes = Contents::from(checkpoint.clone()).to_bytes(format).unwrap();
            let checkpoint = Contents::from_bytes(&bytes).unwrap().value;
            let resumed = net();
            let mut optim = optimizer(&name, resumed.parameters());
            let model = StateDict::try_from(checkpoint.get("model").unwrap()).unwrap();
            let _ = resumed.load_state_dict(&model).unwrap();
            optim.load_state_dict(checkpoint.get("optimizer").unwrap()).unwrap();
            train(&resumed, &mut *optim, &x, &y, 3);
            assert_same(&resumed.state_dict().into(), &whole.state_dict().into(), &name);
        }
    }
}
