//! Draws that depend on the seed, in a test program of its own: the default generator is one for the process.

mod common;

use autograd::Variable;
use common::{Residual, recorded};
use nn::{Forward, Identity, Linear, LinearOptions, Module, ModuleList, Registry, Sequential, sequential};
use tensor::{DType, Tensor, manual_seed, randn};
use testing::{Within, alone, assert_bits, assert_close};

#[test]
fn the_notes_sequential_prints_as_torch_prints_it() {
    let _alone = alone();
    let record = recorded();
    manual_seed(0);
    let seq_net = sequential![Linear::new(2, 4), Identity::new(), Linear::new(4, 1)];
    let (torch, parameters, empty) =
        (record.case("seq"), record.case("seq_parameters"), record.case("empty"));
    assert_eq!(format!("{seq_net}"), torch.text("repr"));
    assert_eq!(format!("{}", seq_net[0]), torch.text("first"));
    assert_eq!(format!("{}", seq_net.layer::<Linear>(0).weight), parameters.text("weight"));
    assert_eq!(format!("{}", seq_net.layer::<Linear>(0).bias.as_ref().unwrap()), parameters.text("bias"));
    assert_eq!(format!("{}", seq_net.slice(1..)), torch.text("slice"));
    assert_eq!(Sequential::new().to_string(), empty.text("sequential"));
    assert_eq!(ModuleList::new().to_string(), empty.text("list"));
}

#[test]
fn a_residual_module_computes_and_prints_as_in_torch() {
    let _alone = alone();
    let record = recorded();
    manual_seed(1);
    let net = Residual::new(2, 8, 4);
    let within = Within::relative(1e-6).at_least(1e-6);
    assert_eq!(net.to_string(), record.case("residual").text("repr"));

    let x = Variable::new(Tensor::from([[0.0f32, 0.25], [0.5, 0.75], [1.0, 1.25]]));
    let y = net.forward(&x);
    assert_close("y", &y.data(), &record.case("residual").tensor("y"), within);
    y.square().sum().backward();
    let (parameters, state) = (record.named("residual_parameter"), net.state_dict());
    assert_eq!(state.len(), parameters.len());
    for ((name, parameter), torch) in net.named_parameters().iter().zip(parameters) {
        assert_eq!(name, torch.text("name"));
        assert_bits(name, &state[name], &torch.tensor("value"));
        let gradient = parameter.grad().expect("every parameter took part");
        if let Some(expected) = torch.get_tensor("grad") {
            assert_close(name, &gradient, &expected, within);
        }
    }
    net.zero_grad();
    assert!(net.parameters().iter().all(|p| p.grad().is_none()));

    let children: Vec<_> = net.children().iter().map(|child| child.to_string()).collect();
    let expected: Vec<_> = record.named("residual_child").iter().map(|case| case.text("repr")).collect();
    assert_eq!(children, expected);
    let modules = net.named_modules();
    let modules: Vec<_> = modules.iter().map(|(name, module)| (name.as_str(), module.to_string())).collect();
    let expected = record.named("residual_module");
    let expected: Vec<_> =
        expected.iter().map(|case| (case.text("name"), case.text("repr").to_owned())).collect();
    assert_eq!(modules, expected);
}

/// Right values: `nn.Linear(2, 3, bias=False)` and then `nn.Linear(3, 1)` after `torch.manual_seed(0)`.
#[test]
fn a_layer_without_a_bias_leaves_the_bias_draw_to_the_next() {
    let _alone = alone();
    manual_seed(0);
    let first = Linear::with(2, 3, LinearOptions { bias: false });
    let next = Linear::new(3, 1);
    let values = |p: &Variable| p.data().to_dtype(DType::F64).to_vec::<f64>();
    assert_eq!(values(&first.weight)[4..], [-0.27234524488449097, 0.1896158903837204]);
    let [weight, bias] = [&next.weight, &next.bias.unwrap()].map(|p| values(p));
    assert_eq!(weight, [-0.011439144611358643, 0.45777493715286255, -0.05123639851808548]);
    assert_eq!(bias, [0.1527741253376007]);
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
