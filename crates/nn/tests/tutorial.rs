//! The tutorial's sections on Sequential, Module and initialisation, line for line, printing what torch
//! prints.

use autograd::Variable;
use ndarray::Array2;
use nn::{BCEWithLogitsLoss, Forward, Linear, Module, ReLU, Sequential, Tanh, init, sequential};
use rand::distr::{Distribution, Uniform};
use tensor::{Tensor, randn, with_default_generator};
use testing::{Recording, alone, recording};

fn recorded() -> Recording {
    recording!("tutorial")
}

/// The texts that the cases of this name print.
fn printed(record: &Recording, name: &str) -> Vec<String> {
    record.named(name).iter().map(|case| case.text("repr").to_owned()).collect()
}

#[derive(Module)]
struct ModuleNet {
    layer1: Linear,
    layer2: Tanh,
    layer3: Linear,
}

impl ModuleNet {
    fn new(num_input: usize, num_hidden: usize, num_output: usize) -> Self {
        Self {
            layer1: Linear::new(num_input, num_hidden),
            layer2: Tanh::new(),
            layer3: Linear::new(num_hidden, num_output),
        }
    }
}

impl Forward for ModuleNet {
    fn forward(&self, x: &Variable) -> Variable {
        let x = self.layer1.forward(x);
        let x = self.layer2.forward(&x);
        self.layer3.forward(&x)
    }
}

#[derive(Module)]
struct SimNet {
    l1: Sequential,
    l2: Sequential,
    l3: Sequential,
}

impl SimNet {
    fn new() -> Self {
        let net = Self {
            l1: sequential![Linear::new(30, 40), ReLU::new()],
            l2: sequential![Linear::new(40, 50), ReLU::new()],
            l3: sequential![Linear::new(50, 10), ReLU::new()],
        };
        net.l1.layer::<Linear>(0).weight.set_data(randn([40, 30]));
        net
    }
}

impl Forward for SimNet {
    fn forward(&self, x: &Variable) -> Variable {
        let x = self.l1.forward(x);
        let x = self.l2.forward(&x);
        self.l3.forward(&x)
    }
}

#[test]
fn sequential_and_module() {
    let _alone = alone();
    let record = recorded();
    tensor::manual_seed(0);
    let seq_net = sequential![Linear::new(2, 4), Tanh::new(), Linear::new(4, 1)];
    let torch = record.case("seq_net");
    assert_eq!(format!("{}", seq_net[0]), torch.text("first"));
    assert_eq!(format!("{}", seq_net.layer::<Linear>(0).weight), torch.text("weight"));
    assert_eq!(format!("{seq_net}"), torch.text("repr"));

    let x = Variable::new(Tensor::from([[0.5f32, -1.0], [2.0, 0.25], [-0.5, 0.75]]));
    let y = Variable::new(Tensor::from([[1.0f32], [0.0], [1.0]]));
    let param = seq_net.parameters();
    let criterion = BCEWithLogitsLoss::new();
    let losses = record.case("losses").tensor("y").to_vec::<f32>();
    assert_eq!(losses.len(), 50);
    for expected in losses {
        let out = seq_net.forward(&x);
        let loss = criterion.forward(&out, &y);
        seq_net.zero_grad();
        loss.backward();
        for p in &param {
            p.update(|data, grad| *data -= &(grad * 1.0));
        }
        let expected = f64::from(expected);
        assert!((loss.item() - expected).abs() < 1e-5 * expected, "{} {expected}", loss.item());
    }

    let mut state = seq_net.state_dict();
    let seq_net2 = sequential![Linear::new(2, 4), Tanh::new(), Linear::new(4, 1)];
    assert_eq!(seq_net2.load_state_dict(&state).unwrap().to_string(), "<All keys matched successfully>");
    assert_eq!(seq_net2.forward(&x).data().to_vec::<f32>(), seq_net.forward(&x).data().to_vec::<f32>());
    state.remove("2.bias");
    assert!(seq_net2.load_state_dict(&state).is_err());
}

#[test]
fn module_from_a_fresh_seed() {
    let _alone = alone();
    let record = recorded();
    tensor::manual_seed(0);
    let _seq_net = sequential![Linear::new(2, 4), Tanh::new(), Linear::new(4, 1)];
    let mo_net = ModuleNet::new(2, 4, 1);
    let torch = record.case("mo_net");
    assert_eq!(format!("{mo_net}"), torch.text("repr"));
    let l1 = &mo_net.layer1;
    assert_eq!(format!("{l1}"), torch.text("layer1"));
    assert_eq!(format!("{}", l1.weight), torch.text("weight"));
    let x = Variable::new(Tensor::from([[0.5f32, -1.0], [2.0, 0.25], [-0.5, 0.75]]));
    assert_eq!(format!("{}", mo_net.forward(&x).detach()), record.case("mo_net(x)").text("printed"));

    let net2 = SimNet::new();
    let children: Vec<_> = net2.children().iter().map(|i| format!("{i}")).collect();
    assert_eq!(children, printed(&record, "net2.children()"));
    let modules: Vec<_> = net2.modules().iter().map(|i| format!("{i}")).collect();
    assert_eq!(modules, printed(&record, "net2.modules()"));

    let net1 = net1();
    init::xavier_uniform(&net1.layer::<Linear>(0).weight);
    let torch = record.case("xavier");
    assert_eq!(format!("{net1}"), torch.text("net"));
    assert_eq!(format!("{}", net1.layer::<Linear>(0).weight), torch.text("weight"));
}

fn net1() -> Sequential {
    sequential![Linear::new(30, 40), ReLU::new(), Linear::new(40, 50), ReLU::new(), Linear::new(50, 10)]
}

#[test]
fn initialisation_by_hand() {
    let _alone = alone();
    let net1 = net1();

    // One tensor, from ndarray, with a distribution of `rand` on our generator.
    let uniform = Uniform::new(3.0f32, 5.0).unwrap();
    let array = with_default_generator(|rng| Array2::from_shape_simple_fn((40, 30), || uniform.sample(rng)));
    net1.layer::<Linear>(0).weight.set_data(Tensor::from(array));
    let weight = net1.layer::<Linear>(0).weight.data();
    assert!(
        weight.min().item() >= 3.0 && weight.max().item() < 5.0 && (weight.mean().item() - 4.0).abs() < 0.1
    );

    // All layers of a kind, over the first level and over all levels.
    for layer in &net1 {
        if let Some(linear) = layer.downcast_ref::<Linear>() {
            linear.weight.set_data(randn(linear.weight.shape()) * 0.5);
        }
    }
    let net2 = SimNet::new();
    for layer in net2.modules() {
        if let Some(linear) = layer.downcast_ref::<Linear>() {
            linear.weight.set_data(randn(linear.weight.shape()) * 0.5);
        }
    }
    for linear in [net1.layer::<Linear>(0), net2.l2.layer::<Linear>(0)] {
        assert!((linear.weight.data().std().item() - 0.5).abs() < 0.05);
        assert!(linear.weight.requires_grad());
    }
}
