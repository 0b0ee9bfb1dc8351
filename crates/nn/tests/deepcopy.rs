//! Deep copies: equal at first, and independent from then on.

use std::sync::Arc;

use autograd::Variable;
use nn::{BatchNorm2d, Conv2d, Dropout, Forward, Linear, Module, ReLU, Registry, Sequential, sequential};
use tensor::DType;
use testing::{assert_bits, refusal};

/// Names and numbers.
fn state(net: &impl Module) -> Vec<(String, Vec<f64>)> {
    let state = net.state_dict();
    state.iter().map(|(name, t)| (name.to_owned(), t.to_dtype(DType::F64).to_vec())).collect()
}

fn net() -> Sequential {
    sequential![Conv2d::new(1, 2, 3), BatchNorm2d::new(2), ReLU::new(), Dropout::new(0.5)]
}

#[test]
fn a_copy_computes_the_same_and_goes_its_own_way() {
    let net = net();
    let x = Variable::new(tensor::randn([2, 1, 5, 5]));
    net.forward(&x); // running statistics
    net.eval();
    let copy = net.deepcopy();
    assert!(!copy.is_training());
    assert_eq!((copy.to_string(), state(&copy)), (net.to_string(), state(&net)));
    assert_bits("outputs", &copy.forward(&x).data(), &net.forward(&x).data());
    let before = state(&net);
    for p in copy.parameters() {
        p.update_data(|data| data.fill_(0.25));
    }
    copy.train();
    copy.forward(&x);
    assert_eq!(state(&net), before);
    assert!(!net.is_training());
    assert_ne!(state(&copy), before);
}

#[test]
fn frozen_parameters_dtypes_and_sharing_are_copied_and_gradients_are_not() {
    let shared: Arc<Linear> = Arc::new(Linear::new(3, 3));
    let net = sequential![shared.clone(), Linear::new(3, 3), shared];
    net.to_dtype(DType::F64);
    net.forward(&Variable::new(tensor::randn_dtype([2, 3], DType::F64))).sum().backward();
    net[1].requires_grad_(false);
    let copy = net.deepcopy();
    assert_eq!(copy.parameters().len(), 4);
    assert!(copy.layer::<Linear>(0).weight.ptr_eq(&copy.layer::<Linear>(2).weight));
    assert!(!copy.layer::<Linear>(0).weight.ptr_eq(&net.layer::<Linear>(0).weight));
    let required: Vec<bool> = copy.parameters().iter().map(|p| p.requires_grad()).collect();
    assert_eq!(required, [true, true, false, false]);
    assert!(copy.parameters().iter().all(|p| p.dtype() == DType::F64 && p.grad().is_none()));
    assert!(net.parameters()[0].grad().is_some());
}

#[derive(Module)]
struct Own {
    inner: Linear,
}

impl Forward for Own {
    fn forward(&self, x: &Variable) -> Variable {
        self.inner.forward(x)
    }
}

#[test]
fn a_layer_of_ones_own_is_copied_alone_and_through_a_registry() {
    let own = Own { inner: Linear::new(2, 2) };
    assert_eq!(state(&own.deepcopy()), state(&own));
    let net = sequential![own];
    assert!(refusal(std::panic::AssertUnwindSafe(|| net.deepcopy())).starts_with("deepcopy: "));
    let mut registry = Registry::new();
    registry.register::<Own>();
    let copy = registry.deepcopy(&net).expect("it is registered");
    assert_eq!(state(&copy), state(&net));
}
