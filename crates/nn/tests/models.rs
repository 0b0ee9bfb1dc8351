//! Nets with a name have torchvision's parameters, and from its seed its scores.

use autograd::{Variable, no_grad};
use nn::models::*;
use nn::{Layer, Module, Registry};
use testing::{Within, alone, assert_close, recording};

/// The weights are normal numbers, which differ by a unit or two.
fn near() -> Within {
    Within::relative(1e-5).plus(1e-5)
}

/// The net that this function of the module makes.
fn make(name: &str, num_classes: usize) -> Box<dyn Layer> {
    macro_rules! named {
        ($($function:ident)*) => {
            match name {
                $(stringify!($function) => Box::new($function(num_classes)),)*
                _ => panic!("no model is called {name}"),
            }
        };
    }
    named! {
        alexnet vgg11_bn vgg13 vgg16_bn vgg19 resnet18 resnet34 resnet50 resnet20 resnet32 resnet44 resnet56
        densenet121 densenet169 densenet201 googlenet mobilenet_v2 squeezenet1_0 squeezenet1_1
    }
}

#[test]
fn nets_are_torchvisions() {
    let _alone = alone();
    for case in recording!("models").cases().iter().filter(|case| case.name() != "options") {
        tensor::manual_seed(0);
        let net = make(case.name(), 10);
        let side = case.number("size") as usize;
        let x = Variable::new(tensor::rand([2, 3, side, side]));
        net.eval();
        let mut scores = no_grad(|| net.forward(&x));
        assert_eq!(net.num_parameters() as f64, case.number("parameters"), "{}", case.name());
        if let (Some(names), Some(repr)) = (case["state"].as_str(), case["repr"].as_str()) {
            let state = net.state_dict();
            let found: Vec<_> = state.iter().map(|(name, t)| format!("{name} {:?}", t.shape())).collect();
            assert_eq!(found.join("\n"), names, "{}", case.name());
            assert_eq!(net.repr(), repr);

            let again = Registry::new().build(&net.architecture(), &state).unwrap();
            assert_eq!(again.repr(), repr);
            scores = no_grad(|| again.forward(&x));
        }
        assert_close(case.name(), &scores.data(), &case.tensor("y"), near());
    }
}

#[test]
fn googlenet_has_auxiliary_scores_while_it_trains() {
    let _alone = alone();
    for case in recording!("models").named("options") {
        let flag = |name, default| case[name].as_bool().unwrap_or(default);
        let (aux_logits, transform_input) = (flag("aux_logits", true), flag("transform_input", false));
        tensor::manual_seed(0);
        let net = GoogLeNet::with(10, GoogLeNetOptions { aux_logits, transform_input });
        let x = Variable::new(tensor::rand([4, 3, 96, 96]));
        net.eval();
        let eval = no_grad(|| net.forward_with_aux(&x));
        assert!(eval.aux_logits1.is_none() && eval.aux_logits2.is_none());
        net.train();
        let GoogLeNetOutputs { logits, aux_logits2, aux_logits1 } = no_grad(|| net.forward_with_aux(&x));
        for (name, found) in [
            ("y", Some(eval.logits)),
            ("logits", Some(logits)),
            ("aux_logits2", aux_logits2),
            ("aux_logits1", aux_logits1),
        ] {
            match (found, case.get_tensor(name)) {
                (Some(found), Some(expected)) => assert_close(name, &found.data(), &expected, near()),
                (found, expected) => assert!(found.is_none() && expected.is_none(), "{name}"),
            }
        }
    }
}
