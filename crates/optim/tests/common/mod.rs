//! The start and the gradients of `crates/testing/record/optim/trajectories.py`, repeated exactly.
#![allow(dead_code)] // each test uses its part

use nn::{Parameter, Value};
use optim::{Entry, Optimizer};
use tensor::{DType, Tensor, cat, stack};
use testing::{Json, Within};

pub(crate) const SHAPES: [&[usize]; 2] = [&[3, 7], &[5]];

/// The steps after which the recordings have the parameters.
const KEPT: [u64; 4] = [1, 2, 10, 60];

/// A multiple of 2⁻¹⁶ in [-0.5, 0.5).
fn noise(step: u64, i: u64) -> f64 {
    let mut x = (step * 7919 + i * 104729 + 12345) % 2147483648;
    for _ in 0..3 {
        x = (x * 1103515245 + 12345) % 2147483648;
    }
    (x >> 15) as f64 / 65536.0 - 0.5
}

pub(crate) fn fill(shape: &[usize], step: u64, first: u64, dtype: DType) -> Tensor {
    let n = shape.iter().product::<usize>() as u64;
    Tensor::from_vec((0..n).map(|i| noise(step, first + i)).collect::<Vec<f64>>(), shape).to_dtype(dtype)
}

pub(crate) fn start(dtype: DType) -> Vec<Parameter> {
    start_of(dtype, SHAPES)
}

/// What the optimizer of this name takes.
pub(crate) fn start_for(name: &str, dtype: DType) -> Vec<Parameter> {
    start_of(dtype, if name == "Muon" { [&[3, 7], &[5, 2]] } else { SHAPES })
}

fn start_of(dtype: DType, shapes: [&[usize]; 2]) -> Vec<Parameter> {
    let params = shapes.iter().enumerate();
    params.map(|(k, shape)| Parameter::new(fill(shape, 1000, 100 * k as u64, dtype))).collect()
}

pub(crate) fn set_grads(params: &[Parameter], step: u64) {
    for (k, p) in params.iter().enumerate() {
        let (shape, dtype, first) = (p.shape(), p.dtype(), 100 * k as u64);
        let curvature = fill(&shape, 2000, first, dtype) + 0.5;
        let grad = &(&curvature * &p.data()) + &fill(&shape, step, first, dtype);
        p.set_grad((k == 0 || step % 4 != 3).then_some(grad));
    }
}

/// Leaves the rows of the gradients that SparseAdam was recorded with; where there is nothing, −0.0 stands.
fn leave_rows(params: &[Parameter], step: u64) {
    for p in params {
        let Some(grad) = p.grad() else { continue };
        let row = |row: u64| match (row + step) % 3 {
            0 => grad.select(0, row as isize).full_like(-0.0),
            1 if step.is_multiple_of(5) => grad.select(0, row as isize).zeros_like(),
            _ => grad.select(0, row as isize),
        };
        p.set_grad(Some(stack(&(0..grad.size(0) as u64).map(row).collect::<Vec<_>>(), 0)));
    }
}

/// All elements of all parameters, in order.
pub(crate) fn flat(params: &[Parameter]) -> Tensor {
    cat(&params.iter().map(|p| p.data().reshape([-1])).collect::<Vec<_>>(), 0)
}

/// Takes the recorded number of steps, and after those of `kept` compares with the rows of `at`.
pub(crate) fn check_steps(
    what: &str,
    optim: &mut dyn Optimizer,
    params: &[Parameter],
    at: &Tensor,
    compare: impl Fn(&str, &Tensor, &Tensor),
) {
    let mut rows = 0;
    for step in 1..=60 {
        set_grads(params, step);
        if optim.to_string().starts_with("SparseAdam") {
            leave_rows(params, step);
        }
        optim.step();
        if let Some(row) = KEPT.iter().position(|kept| *kept == step) {
            compare(&format!("{what} after step {step}"), &flat(params), &at.select(0, row as isize));
            rows += 1;
        }
    }
    assert_eq!(at.shape()[0], rows, "{what}");
}

/// As near as torch's: to a few units in the last place of the largest number.
pub(crate) fn near(dtype: DType) -> Within {
    Within::of_largest(if dtype == DType::F32 { 4e-6 } else { 1e-14 })
}

/// The optimizer of a recording, with the options that its torch twin was given.
pub(crate) fn build(
    name: &str,
    fields: &Json,
    params: impl IntoIterator<Item = impl Into<Entry>>,
) -> Box<dyn Optimizer> {
    let others = ["root", "repr", "group_keys"];
    let options = fields.as_object().unwrap().iter().filter(|(key, _)| !others.contains(&&***key));
    let options = Value::dict(options.map(|(key, field)| (key, Value::of(field))));
    optim::by_name(name, params, &options).unwrap()
}
