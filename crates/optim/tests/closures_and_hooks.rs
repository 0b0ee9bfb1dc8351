//! Steps that evaluate the loss themselves, and functions that are called before and after a step.

use std::sync::{Arc, Mutex};

use nn::{Parameter, Value};
use optim::{LBFGS, Optimizer, SGD, by_name};
use tensor::Tensor;

fn parameter() -> Parameter {
    Parameter::new(Tensor::from([[3.0f32, 1.0], [0.5, 2.0]]))
}

#[test]
fn every_optimizer_returns_the_loss_of_its_closure() {
    for name in optim::NAMES {
        let [w, by_hand] = [parameter(), parameter()];
        let options = Value::Dict(Vec::new());
        let [mut optim, mut other] = [&w, &by_hand].map(|p| by_name(name, [p.clone()], &options).unwrap());
        for _ in 0..3 {
            let mut calls = 0;
            let loss = optim.step_with(&mut || {
                calls += 1;
                assert!(w.grad().is_none(), "{name}");
                let loss = w.square().sum();
                loss.backward();
                loss
            });
            other.zero_grad();
            let expected = by_hand.square().sum();
            expected.backward();
            other.step();
            assert_eq!((loss.item(), calls), (expected.item(), 1), "{name}");
            assert_eq!(w.data().to_vec::<f32>(), by_hand.data().to_vec::<f32>(), "{name}");
        }
    }
}

#[test]
fn lbfgs_is_an_optimizer_behind_a_box() {
    let w = parameter();
    let mut optim: Box<dyn Optimizer> = Box::new(LBFGS::new([w.clone()], 0.5));
    let loss = autograd::no_grad(|| {
        optim.step_with(&mut || {
            let loss = w.square().sum();
            loss.backward();
            loss
        })
    });
    assert_eq!(loss.item(), 14.25);
    assert!(w.data().abs().max().item() < 1e-3);
}

#[test]
fn hooks_are_called_in_order_until_they_are_removed() {
    let w = parameter();
    let mut optim: Box<dyn Optimizer> = Box::new(SGD::new([w.clone()], 0.5));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let note = |what: &'static str| {
        let (seen, w) = (seen.clone(), w.clone());
        move |optim: &mut dyn Optimizer| {
            seen.lock().unwrap().push((what, optim.lr(), w.data().to_vec::<f32>()[0]));
        }
    };
    let first = optim.register_step_pre_hook(note("before"));
    optim.register_step_pre_hook(|optim| optim.set_lr(0.25));
    let last = optim.register_step_post_hook(note("after"));
    let mut take = || {
        w.set_grad(Some(w.data()));
        optim.step();
        std::mem::take(&mut *seen.lock().unwrap())
    };
    assert_eq!(take(), [("before", 0.5, 3.0), ("after", 0.25, 2.25)]);
    first.remove();
    assert_eq!(take(), [("after", 0.25, 1.6875)]);
    last.remove();
    assert_eq!(take(), []);
}

#[test]
fn lbfgs_has_hooks_around_its_closure() {
    let w = parameter();
    let mut optim = LBFGS::new([w.clone()], 1.0);
    let seen = Arc::new(Mutex::new(Vec::new()));
    for (register, what) in [(true, "before"), (false, "after")] {
        let seen = seen.clone();
        let hook = move |_: &mut dyn Optimizer| seen.lock().unwrap().push(what);
        let _ =
            if register { optim.register_step_pre_hook(hook) } else { optim.register_step_post_hook(hook) };
    }
    optim.step(|| {
        seen.lock().unwrap().push("loss");
        let loss = w.square().sum();
        loss.backward();
        loss
    });
    let seen = seen.lock().unwrap();
    assert_eq!([seen[0], seen[1], seen[seen.len() - 1]], ["before", "loss", "after"]);
}
