//! The textbooks' formulas against the Python of a tutorial.

mod common;

use common::{check_steps, flat, near, set_grads, start};
use nn::Parameter;
use optim::{
    Adadelta, Adagrad, AdagradOptions, Adam, AdamOptions, Formula, Optimizer, RMSprop, RMSpropOptions, SGD,
    SGDOptions,
};
use tensor::DType;
use testing::{assert_close, recording};

fn check(name: &str, make: impl Fn(Vec<Parameter>) -> Box<dyn Optimizer>) {
    let recording = recording!("textbook");
    let runs = recording.named(name);
    assert_eq!(runs.len(), 2);
    for at in runs.iter().map(|case| case.tensor("at")) {
        let params = start(at.dtype());
        let compare = |what: &str, got: &_, expected: &_| assert_close(what, got, expected, near(at.dtype()));
        check_steps(name, &mut *make(params.clone()), &params, &at, compare);
    }
}

const TEXTBOOK: Formula = Formula::Textbook;

#[test]
fn momentum_with_the_rate_inside_the_buffer() {
    let options = SGDOptions { lr: 1e-2, momentum: 0.9, formula: TEXTBOOK, ..Default::default() };
    check("momentum", |params| Box::new(SGD::with(params, options)));
}

#[test]
fn adagrad_with_eps_under_the_root() {
    let options = AdagradOptions { lr: 1e-2, eps: 1e-10, formula: TEXTBOOK, ..Default::default() };
    check("adagrad", |params| Box::new(Adagrad::with(params, options)));
}

#[test]
fn rmsprop_with_eps_under_the_root() {
    let options =
        RMSpropOptions { lr: 1e-3, alpha: 0.9, eps: 1e-10, formula: TEXTBOOK, ..Default::default() };
    check("rmsprop", |params| Box::new(RMSprop::with(params, options)));
}

#[test]
fn adadelta_is_the_same_in_both() {
    check("adadelta", |params| Box::new(Adadelta::new(params, 1.0)));
}

#[test]
fn adam_with_eps_under_the_root() {
    let options = AdamOptions { lr: 1e-2, formula: TEXTBOOK, ..Default::default() };
    check("adam", |params| Box::new(Adam::with(params, options)));
}

#[test]
fn the_formula_shows_where_eps_is_large() {
    let run = |formula| {
        let params = start(DType::F64);
        let mut optim = Adam::with(params.clone(), AdamOptions { eps: 0.1, formula, ..Default::default() });
        set_grads(&params, 1);
        optim.step();
        flat(&params).to_vec::<f64>()
    };
    assert_ne!(run(Formula::Torch), run(Formula::Textbook));
}
