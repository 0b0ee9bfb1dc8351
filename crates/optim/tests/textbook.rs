//! The note's own formulas against the note's own Python.

mod common;

use common::{check_steps, flat, near, set_grads, start};
use nn::Parameter;
use optim::{
    Adadelta, Adagrad, AdagradConfig, Adam, AdamConfig, Formula, Momentum, MomentumConfig, Optimizer,
    RmsProp, RmsPropConfig,
};
use tensor::DType;
use testing::{assert_close, recording};

fn check(name: &str, make: impl Fn(Vec<Parameter>) -> Box<dyn Optimizer>) {
    let recording = recording!("note");
    let runs = recording.named(name);
    assert_eq!(runs.len(), 2);
    for at in runs.iter().map(|case| case.tensor("at")) {
        let params = start(at.dtype());
        let compare = |what: &str, got: &_, expected: &_| assert_close(what, got, expected, near(at.dtype()));
        check_steps(name, &mut *make(params.clone()), &params, &at, compare);
    }
}

const NOTE: Formula = Formula::Note;

#[test]
fn momentum_with_the_rate_inside_the_buffer() {
    let config = MomentumConfig { lr: 1e-2, momentum: 0.9, formula: NOTE, ..Default::default() };
    check("momentum", |params| Box::new(Momentum::with(params, config)));
}

#[test]
fn adagrad_with_eps_under_the_root() {
    let config = AdagradConfig { lr: 1e-2, eps: 1e-10, formula: NOTE, ..Default::default() };
    check("adagrad", |params| Box::new(Adagrad::with(params, config)));
}

#[test]
fn rmsprop_with_eps_under_the_root() {
    let config = RmsPropConfig { lr: 1e-3, alpha: 0.9, eps: 1e-10, formula: NOTE, ..Default::default() };
    check("rmsprop", |params| Box::new(RmsProp::with(params, config)));
}

#[test]
fn adadelta_is_the_same_in_both() {
    check("adadelta", |params| Box::new(Adadelta::new(params, 1.0)));
}

#[test]
fn adam_with_eps_under_the_root() {
    let config = AdamConfig { lr: 1e-2, formula: NOTE, ..Default::default() };
    check("adam", |params| Box::new(Adam::with(params, config)));
}

#[test]
fn the_formula_shows_where_eps_is_large() {
    let run = |formula| {
        let params = start(DType::F64);
        let mut optim = Adam::with(params.clone(), AdamConfig { eps: 0.1, formula, ..Default::default() });
        set_grads(&params, 1);
        optim.step();
        flat(&params).to_vec::<f64>()
    };
    assert_ne!(run(Formula::Torch), run(Formula::Note));
}
