//! Arithmetic and comparisons of two tensors, and of a tensor and a number.

use crate::op::{Table, both, python, tensors};
use crate::sets::{beside_numbers, listed, pairs};
use tensor::{Float, Map, Scalar};

/// Numbers of each kind, within and outside what the integer types hold.
const NUMBERS: [Scalar; 13] = [
    Scalar::Int(0),
    Scalar::Int(2),
    Scalar::Int(-1),
    Scalar::Int(300),
    Scalar::Int(9007199254740993),
    Scalar::Int(i64::MIN),
    Scalar::Float(0.5),
    Scalar::Float(-0.0),
    Scalar::Float(f64::NAN),
    Scalar::Float(f64::INFINITY),
    Scalar::Float(1e300),
    Scalar::Float(300.7),
    Scalar::Bool(true),
];

pub(super) fn rows(t: &mut Table) {
    let x = &pairs();
    both!(t, add, "x + y", x, |x| x[0].add(&x[1]));
    both!(t, sub, "x - y", x, |x| x[0].sub(&x[1]));
    both!(t, mul, "x * y", x, |x| x[0].mul(&x[1]));
    both!(t, div, "x / y", x, |x| x[0].div(&x[1])).within(0.0, 16.0);
    both!(t, add, "x + y", x, |x| x[0].clone() + x[1].clone());
    both!(t, sub, "x - y", x, |x| x[0].clone() - &x[1]);
    both!(t, mul, "x * y", x, |x| &x[0] * x[1].clone());
    both!(t, div, "x / y", x, |x| &x[0] / &x[1]).within(0.0, 16.0);
    tensors!(t, into_add, "x + y", x, |x| x[0].clone().into_add(&x[1]));
    tensors!(t, into_add, "x.clone() + y", x, |x| owned(&x[0]).into_add(&x[1]));
    tensors!(t, into_sub, "x.clone() - y", x, |x| owned(&x[0]).into_sub(&x[1]));
    tensors!(t, into_mul, "x.clone() * y", x, |x| owned(&x[0]).into_mul(&x[1]));
    tensors!(t, into_div, "x.clone() / y", x, |x| owned(&x[0]).into_div(&x[1]));
    tensors!(t, add_assign, "x.clone().add_(y)", x, |x| assigned(&x[0], |z| *z += &x[1]));
    tensors!(t, sub_assign, "x.clone().sub_(y)", x, |x| assigned(&x[0], |z| *z -= &x[1]));
    tensors!(t, mul_assign, "x.clone().mul_(y)", x, |x| assigned(&x[0], |z| *z *= &x[1]));
    tensors!(t, div_assign, "x.clone().div_(y)", x, |x| assigned(&x[0], |z| *z /= &x[1]));
    both!(t, eq, "x.eq(y)", x, |x| x[0].eq(&x[1]));
    both!(t, ne, "x.ne(y)", x, |x| x[0].ne(&x[1]));
    both!(t, lt, "x.lt(y)", x, |x| x[0].lt(&x[1]));
    both!(t, le, "x.le(y)", x, |x| x[0].le(&x[1]));
    both!(t, gt, "x.gt(y)", x, |x| x[0].gt(&x[1]));
    both!(t, ge, "x.ge(y)", x, |x| x[0].ge(&x[1]));
    both!(t, logical_and, "x.logical_and(y)", x, |x| x[0].logical_and(&x[1]));
    both!(t, logical_or, "x.logical_or(y)", x, |x| x[0].logical_or(&x[1]));
    both!(t, logical_xor, "x.logical_xor(y)", x, |x| x[0].logical_xor(&x[1]));
    let promoted = "(x.to(p) * 2 + y.to(p)) if (p := torch.result_type(x, y)).is_floating_point else x.float() * 2 + y.float()";
    tensors!(t, zip_map, promoted, &floats(x), |x| x[0].zip_map(&x[1], TwicePlus));
    tensors!(t, into_zip_map, promoted, &floats(x), |x| owned(&x[0]).into_zip_map(&x[1], TwicePlus));
    let same = &listed(
        &["f32", "f64"],
        "DT:plain:3 DT:plain:3
        DT:plain:3 DT:plain:3x1
        DT:plain:2x3 DT:plain:3
        DT:special:24 DT:special:24
        DT:nan:3 DT:nan:3
        DT:plain:0 DT:plain:0
        DT:plain:0 DT:plain:1
        DT:plain:s DT:plain:s
        DT:plain:2x3>t DT:plain:3x2
        DT:plain:3 DT:plain:4
        DT:inf:3 DT:inf:3",
    );
    both!(t, allclose, "torch.tensor(torch.allclose(x, y))", same, |x| x[0].allclose(&x[1], 1e-5, 1e-8));

    let x = &beside_numbers();
    for s in NUMBERS {
        let n = python(s);
        both!(t, add_scalar, format!("x + {n}"), x, |x| x[0].add_scalar(s));
        both!(t, sub_scalar, format!("x - {n}"), x, |x| x[0].sub_scalar(s));
        both!(t, mul_scalar, format!("x * {n}"), x, |x| x[0].mul_scalar(s));
        both!(t, div_scalar, format!("x / {n}"), x, |x| x[0].div_scalar(s)).within(0.0, 1.0);
        both!(t, rsub_scalar, format!("torch.rsub(x, {n})"), x, |x| x[0].rsub_scalar(s));
        tensors!(t, into_mul_scalar, format!("x.clone() * {n}"), x, |x| owned(&x[0]).into_mul_scalar(s));
        tensors!(t, into_div_scalar, format!("x.clone() / {n}"), x, |x| owned(&x[0]).into_div_scalar(s))
            .within(0.0, 1.0);
        both!(t, eq, format!("x.eq({n})"), x, |x| x[0].eq(s));
        both!(t, ne, format!("x.ne({n})"), x, |x| x[0].ne(s));
        both!(t, lt, format!("x.lt({n})"), x, |x| x[0].lt(s));
        both!(t, le, format!("x.le({n})"), x, |x| x[0].le(s));
        both!(t, gt, format!("x.gt({n})"), x, |x| x[0].gt(s));
        both!(t, ge, format!("x.ge({n})"), x, |x| x[0].ge(s));
        match s {
            Scalar::Int(s) => {
                both!(t, add, format!("{n} + x"), x, |x| s + &x[0]);
                both!(t, sub, format!("{n} - x"), x, |x| s - &x[0]);
                both!(t, mul, format!("{n} * x"), x, |x| s * &x[0]);
                both!(t, div, format!("{n} / x"), x, |x| s / &x[0]).within(1.0, 2.0);
            }
            Scalar::Float(s) => {
                both!(t, add, format!("{n} + x"), x, |x| s + &x[0]);
                both!(t, sub, format!("{n} - x"), x, |x| s - &x[0]);
                both!(t, mul, format!("{n} * x"), x, |x| s * &x[0]);
                both!(t, div, format!("{n} / x"), x, |x| s / &x[0]).within(1.0, 2.0);
            }
            Scalar::Bool(_) => {}
        }
    }
}

/// An operator that changes a tensor in its place.
fn assigned(x: &tensor::Tensor, assign: impl FnOnce(&mut tensor::Tensor)) -> tensor::Tensor {
    let mut z = owned(x);
    assign(&mut z);
    z
}

/// A copy with memory of its own, so that an operation may write there.
fn owned(x: &tensor::Tensor) -> tensor::Tensor {
    tensor::cat(&[x.unsqueeze(0)], 0).squeeze(0)
}

/// The cases in which one operand is a float.
fn floats(x: &[String]) -> Vec<String> {
    x.iter().filter(|x| x.contains("f32") || x.contains("f64")).cloned().collect()
}

#[derive(Clone, Copy)]
struct TwicePlus;

impl<T: Float> Map<(T, T), T> for TwicePlus {
    #[inline(always)]
    fn f(&self, (x, y): (T, T)) -> T {
        x + x + y
    }
}
