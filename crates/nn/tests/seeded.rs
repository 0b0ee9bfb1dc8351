//! What depends on the seed, in a test program of its own: the default generator is one for the process.

mod common;

use std::sync::{Mutex, MutexGuard, PoisonError};

use autograd::Variable;
use common::{Residual, recorded, strings};
use nn::{Forward, Identity, Linear, Module, ModuleList, Registry, Sequential, sequential};
use tensor::{Tensor, manual_seed, randn};

fn assert_close(actual: &Tensor, expected: &serde_json::Value) {
    let (actual, expected) = (actual.to_vec::<f32>(), expected.as_array().unwrap());
    assert_eq!(actual.len(), expected.len());
    for (a, e) in actual.into_iter().zip(expected) {
        let e = e.as_f64().unwrap();
        assert!((a as f64 - e).abs() <= 1e-6 * e.abs().max(1.0), "{a} {e}");
    }
}

/// Held by each test, so that no two draw at once.
fn alone() -> MutexGuard<'static, ()> {
    static GENERATOR: Mutex<()> = Mutex::new(());
    GENERATOR.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn the_notes_sequential_prints_as_torch_prints_it() {
    let _alone = alone();
    let record = recorded();
    manual_seed(0);
    let seq_net = sequential![Linear::new(2, 4), Identity::new(), Linear::new(4, 1)];
    assert_eq!(format!("{seq_net}"), record["seq"]);
    assert_eq!(format!("{}", seq_net[0]), record["seq_0"]);
    assert_eq!(format!("{}", seq_net.layer::<Linear>(0).weight), record["seq_weight"]);
    assert_eq!(format!("{}", seq_net.layer::<Linear>(0).bias.as_ref().unwrap()), record["seq_bias"]);
    assert_eq!(format!("{}", seq_net.slice(1..)), record["seq_slice"]);
    assert_eq!([Sequential::new().to_string(), ModuleList::new().to_string()][..], strings(&record["empty"]));
}

#[test]
fn a_residual_module_computes_and_prints_as_in_torch() {
    let _alone = alone();
    let record = recorded();
    manual_seed(1);
    let net = Residual::new(2, 8, 4);
    assert_eq!(net.to_string(), record["residual"]);

    let x = Variable::new(Tensor::from([[0.0f32, 0.25], [0.5, 0.75], [1.0, 1.25]]));
    let y = net.forward(&x);
    assert_close(&y.data(), &record["residual_y"]);
    y.square().sum().backward();
    let gradients = record["residual_gradients"].as_object().unwrap();
    for (name, parameter) in net.named_parameters() {
        let gradient = parameter.grad().expect("every parameter took part");
        if let Some(expected) = gradients.get(&name) {
            assert_close(&gradient, expected);
        }
    }
    net.zero_grad();
    assert!(net.parameters().iter().all(|p| p.grad().is_none()));

    let children: Vec<_> = net.children().iter().map(|child| child.to_string()).collect();
    assert_eq!(children, strings(&record["residual_children"]));
    for ((name, module), expected) in
        net.named_modules().iter().zip(record["residual_modules"].as_array().unwrap())
    {
        assert_eq!([name, &module.to_string()][..], strings(expected));
    }
    assert_eq!(net.modules().len(), record["residual_modules"].as_array().unwrap().len());

    let state = net.state_dict();
    let expected = record["residual_state"].as_object().unwrap();
    assert_eq!(state.len(), expected.len());
    for (name, tensor) in state.iter() {
        let expected: Vec<f32> =
            expected[name].as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect();
        assert_eq!(tensor.to_vec::<f32>(), expected, "{name}");
    }
}

#[test]
fn building_draws_no_random_numbers() {
    let _alone = alone();
    let net = sequential![Linear::new(2, 2)];
    let (architecture, state) = (net.architecture(), net.state_dict());
    manual_seed(5);
    let expected = randn([4]).to_vec::<f32>();
    manual_seed(5);
    Registry::new().build(&architecture, &state).unwrap();
    assert_eq!(randn([4]).to_vec::<f32>(), expected);
}
