//! The note's own formulas against the note's own Python (`fixtures/note.py`).

mod common;

use common::{assert_close, flat, floats, set_grads, start};
use nn::Parameter;
use optim::{
    Adadelta, Adagrad, AdagradConfig, Adam, AdamConfig, Formula, Momentum, MomentumConfig, Optimizer,
    RmsProp, RmsPropConfig,
};
use serde_json::Value as Json;
use tensor::DType;

fn check(name: &str, make: impl Fn(Vec<Parameter>) -> Box<dyn Optimizer>) {
    let runs: Json = serde_json::from_str(include_str!("fixtures/note.json")).unwrap();
    for (key, dtype, tolerance) in [("f32", DType::F32, 4e-6), ("f64", DType::F64, 1e-14)] {
        let params = start(dtype);
        let mut optim = make(params.clone());
        for step in 1..=60 {
            set_grads(&params, step);
            optim.step();
            if let Some(expected) = runs[name][key].get(step.to_string()) {
                assert_close(
                    &format!("{name} {key} step {step}"),
                    &flat(&params),
                    &floats(expected),
                    tolerance,
                );
            }
        }
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
        flat(&params)
    };
    assert_ne!(run(Formula::Torch), run(Formula::Note));
}
