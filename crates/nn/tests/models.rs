//! Nets with a name have torchvision's parameters, and from its seed its scores.

use autograd::{Variable, no_grad};
use nn::models::{ResNet, resnet18, resnet34, resnet50};
use nn::{Forward, Module};
use testing::{Within, alone, assert_close, recording};

#[test]
fn residual_nets_are_torchvisions() {
    let _alone = alone();
    for case in recording!("models").cases() {
        let make: fn(usize) -> ResNet = match case.name() {
            "resnet18" => resnet18,
            "resnet34" => resnet34,
            _ => resnet50,
        };
        tensor::manual_seed(0);
        let net = make(10);
        assert_eq!(net.num_parameters() as f64, case.number("parameters"), "{}", case.name());
        let state = net.state_dict();
        let names: Vec<String> = state.iter().map(|(name, t)| format!("{name} {:?}", t.shape())).collect();
        assert_eq!(names.join("\n"), case.text("state"), "{}", case.name());
        net.eval();
        let x = Variable::new(tensor::rand([2, 3, 64, 64]));
        let y = no_grad(|| net.forward(&x));
        // The weights are normal numbers, which differ by a unit or two.
        assert_close(case.name(), &y.data(), &case.tensor("y"), Within::relative(1e-5).plus(1e-5));
    }
}
