//! Functions of two elements, and of three.

use crate::op::{Table, both, python, tensors, variables};
use crate::sets::{beside_numbers, listed, pairs};
use tensor::Scalar;

/// Rounds to about what a vectorised elementary function is good for.
const FUNCTION: f64 = 4.0;

pub(super) fn rows(t: &mut Table) {
    let x = &pairs();
    both!(t, maximum, "x.maximum(y)", x, |x| x[0].maximum(&x[1]));
    both!(t, minimum, "x.minimum(y)", x, |x| x[0].minimum(&x[1]));
    both!(t, pow, "x.pow(y)", x, |x| x[0].pow(&x[1])).within(4.0, 8.0);
    special_functions(t);
    beside_a_number(t);
    of_three(t);

    let x = &some();
    let divided = &x.iter().filter(|x| !overflows(x)).cloned().collect::<Vec<_>>();
    both!(t, fmax, "x.fmax(y)", x, |x| x[0].fmax(&x[1])).zeros_alike();
    both!(t, fmin, "x.fmin(y)", x, |x| x[0].fmin(&x[1])).zeros_alike();
    both!(t, atan2, "x.atan2(y)", x, |x| x[0].atan2(&x[1])).within(FUNCTION, FUNCTION);
    both!(t, hypot, "x.hypot(y)", x, |x| x[0].hypot(&x[1])).within(FUNCTION, FUNCTION);
    both!(t, fmod, "x.fmod(y)", divided, |x| x[0].fmod(&x[1]));
    both!(t, remainder, "x.remainder(y)", divided, |x| x[0].remainder(&x[1]));
    both!(t, floor_divide, "x.floor_divide(y)", divided, |x| x[0].floor_divide(&x[1]));
    both!(t, div_floor, "x.div(y, rounding_mode='floor')", divided, |x| x[0].div_floor(&x[1]));
    both!(t, div_trunc, "x.div(y, rounding_mode='trunc')", divided, |x| x[0].div_trunc(&x[1]));
    both!(t, copysign, "x.copysign(y)", x, |x| x[0].copysign(&x[1]));
    both!(t, nextafter, "x.nextafter(y)", x, |x| x[0].nextafter(&x[1]));
    both!(t, heaviside, "x.heaviside(y)", x, |x| x[0].heaviside(&x[1]));
    both!(t, logaddexp, "x.logaddexp(y)", x, |x| x[0].logaddexp(&x[1])).within(1.0, FUNCTION);
    both!(t, logaddexp2, "x.logaddexp2(y)", x, |x| x[0].logaddexp2(&x[1])).within(FUNCTION, FUNCTION).around(1.0);
    tensors!(t, bitwise_and, "x.bitwise_and(y)", x, |x| x[0].bitwise_and(&x[1]));
    tensors!(t, bitwise_or, "x.bitwise_or(y)", x, |x| x[0].bitwise_or(&x[1]));
    tensors!(t, bitwise_xor, "x.bitwise_xor(y)", x, |x| x[0].bitwise_xor(&x[1]));
    tensors!(t, bitwise_left_shift, "x.bitwise_left_shift(y)", x, |x| x[0].bitwise_left_shift(&x[1]));
    tensors!(t, bitwise_right_shift, "x.bitwise_right_shift(y)", x, |x| x[0].bitwise_right_shift(&x[1]));
    for (rtol, atol, equal_nan) in
        [(1e-5, 1e-8, false), (0.5, 0.0, true), (0.0, 1.0, false), (-1.0, 0.0, false)]
    {
        let torch = format!("x.isclose(y, {rtol}, {atol}, {})", python(equal_nan.into()));
        both!(t, isclose, torch, x, |x| x[0].isclose(&x[1], rtol, atol, equal_nan));
    }
}

/// Fewer pairs: some that broadcast and some that do not, dtypes that mix, special values.
fn some() -> Vec<String> {
    let mut x = listed(
        &["f32", "f64", "i64", "u8", "bool"],
        "DT:plain:s DT:plain:s\nDT:plain:2x3 DT:plain:3\nDT:plain:3x1 DT:positive:1x3\nDT:plain:2x3>t DT:plain:3x2\nDT:plain:3 DT:plain:4
        DT:plain:0x3 DT:plain:3\nDT:special:12x1 DT:special:1x12\nDT:plain:3 DT:one:3\nDT:plain:3 f32:plain:3\nDT:plain:3 i64:positive:3
        DT:plain:3 f64:plain:s\nDT:plain:3 i8:positive:3\nDT:plain:s i16:positive:3\nDT:plain:37 DT:positive:37",
    );
    x.extend(listed(
        &["f32", "f64"],
        "DT:special:24x1 DT:special:1x24\nDT:special:37 DT:special:37\nDT:ties:5 DT:two:5",
    ));
    x.extend(listed(
        &["i64", "i32", "i16", "i8", "u8"],
        "DT:special:12x1 DT:two:1\nDT:special:12 DT:one:1\nDT:plain:6 DT:plain:6",
    ));
    x
}

/// Whether torch divides the least integer by −1, at which the processor stops it.
fn overflows(inputs: &str) -> bool {
    inputs.split(' ').next_back().is_some_and(|last| last.contains("special") && last.starts_with(['i', 'u']))
}

/// Those that few dtypes have.
fn special_functions(t: &mut Table) {
    let logs = &listed(
        &["f32", "f64"],
        "DT:plain:2x3 DT:unit:3\nDT:zero:3 DT:special:37x1\nDT:special:12 DT:unit:1\nDT:plain:s i64:plain:3\nDT:plain:2 DT:plain:3",
    );
    both!(t, xlogy, "torch.xlogy(x, y)", logs, |x| x[0].xlogy(&x[1])).within(FUNCTION, FUNCTION);
    both!(t, xlog1py, "torch.special.xlog1py(x, y)", logs, |x| x[0].xlog1py(&x[1])).within(FUNCTION, FUNCTION);
    let places = &listed(
        &["f32", "f64"],
        "DT:positive:7x1 DT:positive:6\nDT:two:1 DT:plain:12\nDT:plain:12 DT:positive:1\nDT:positive:3 DT:positive:2
        DT:nan:4 DT:positive:1\nDT:two:1 DT:nan:4\ni64:positive:3 DT:positive:3\nDT:plain:0 DT:positive:1",
    );
    // torch has no gradient by the first.
    tensors!(t, zeta, "torch.special.zeta(x, y)", places, |x| x[0].zeta(&x[1])).within(16.0, 0.0);
    variables!(t, zeta, "torch.special.zeta(x.detach(), y)", places, |x| x[0].detach().zeta(&x[1]))
        .within(16.0, 16.0);
    let shares = &listed(
        &["f32", "f64"],
        "DT:positive:7 DT:positive:6>odd\nDT:positive:7x1 DT:positive:6\nDT:positive:3 DT:zero:3\nDT:plain:3 DT:positive:2",
    );
    // torch has no gradient by the first.
    tensors!(t, gammainc, "torch.special.gammainc(x, y)", shares, |x| x[0].gammainc(&x[1])).within(16.0, 0.0);
    variables!(t, gammainc, "torch.special.gammainc(x.detach(), y)", shares, |x| x[0]
        .detach()
        .gammainc(&x[1]))
    .within(16.0, 16.0);
}

/// A number in place of the second operand.
fn beside_a_number(t: &mut Table) {
    let all = &beside_numbers();
    for s in [Scalar::Int(2), Scalar::Int(-1), Scalar::Int(300), Scalar::Float(0.5), Scalar::Float(-1.5)] {
        let n = python(s);
        let x = &all.iter().filter(|x| s != Scalar::Int(-1) || !overflows(x)).cloned().collect::<Vec<_>>();
        both!(t, fmod, format!("x.fmod({n})"), x, |x| x[0].fmod(s));
        both!(t, remainder, format!("x.remainder({n})"), x, |x| x[0].remainder(s));
        both!(t, floor_divide, format!("x.floor_divide({n})"), x, |x| x[0].floor_divide(s));
        both!(t, div_trunc, format!("x.div({n}, rounding_mode='trunc')"), x, |x| x[0].div_trunc(s));
        both!(t, copysign, format!("x.copysign({n})"), x, |x| x[0].copysign(s));
        both!(t, pow, format!("x.pow({n})"), x, |x| x[0].pow(s)).within(FUNCTION, FUNCTION);
        both!(t, clamp_min, format!("x.clamp_min({n})"), x, |x| x[0].clamp_min(s));
        both!(t, clamp_max, format!("x.clamp_max({n})"), x, |x| x[0].clamp_max(s));
        tensors!(t, bitwise_and, format!("x.bitwise_and({n})"), x, |x| x[0].bitwise_and(s));
        tensors!(t, bitwise_xor, format!("x.bitwise_xor({n})"), x, |x| x[0].bitwise_xor(s));
        tensors!(t, bitwise_left_shift, format!("x.bitwise_left_shift({n})"), x, |x| x[0]
            .bitwise_left_shift(s));
    }
}

fn of_three(t: &mut Table) {
    let mut x = listed(
        &["f32", "f64", "i64", "u8", "bool"],
        "DT:plain:s DT:plain:s DT:plain:s\nDT:plain:2x3 DT:plain:3 DT:positive:2x1\nDT:plain:3 DT:plain:3 DT:plain:4\nDT:plain:2x3>t DT:plain:2 DT:ties:3x1
        DT:plain:0x3 DT:plain:3 DT:plain:s\nDT:plain:3 f32:plain:3 DT:plain:3\nDT:plain:3 DT:plain:3 f64:plain:s\nDT:plain:3 i64:plain:3 i64:plain:3
        DT:plain:37 DT:positive:37 DT:plain:37",
    );
    x.extend(listed(
        &["f32", "f64"],
        "DT:special:24x1x1 DT:special:12x1 DT:plain:6\nDT:ties:5 DT:two:5 DT:plain:5\nDT:plain:6x1x1 DT:plain:6x1 DT:plain:6\nDT:special:24x1 DT:special:1x24 DT:unit:s",
    ));
    let x = &x;
    both!(t, clamp, "x.clamp(y, z)", x, |x| x[0].clamp(Some(&x[1]), Some(&x[2]))).zeros_alike();
    both!(t, clamp, "x.clamp(y)", x, |x| x[0].clamp(Some(&x[1]), None)).zeros_alike();
    both!(t, clamp, "x.clamp(None, y)", x, |x| x[0].clamp(None, Some(&x[1]))).zeros_alike();
    both!(t, clamp_min, "x.clamp_min(y)", x, |x| x[0].clamp_min(&x[1])).zeros_alike();
    both!(t, clamp_max, "x.clamp_max(y)", x, |x| x[0].clamp_max(&x[1])).zeros_alike();
    both!(t, lerp, "x.lerp(y, z)", x, |x| x[0].lerp(&x[1], &x[2])).zeros_alike();
    for weight in [0.25, 0.75, -2.0, 0.1] {
        both!(t, lerp, format!("x.lerp(y, {weight:?})"), x, |x| x[0].lerp(&x[1], weight));
    }
    for value in [Scalar::Int(1), Scalar::Float(0.5), Scalar::Int(-3), Scalar::Float(0.1)] {
        let n = python(value);
        both!(t, addcmul, format!("x.addcmul(y, z, value={n})"), x, |x| x[0].addcmul(&x[1], &x[2], value));
        both!(t, addcdiv, format!("x.addcdiv(y, z, value={n})"), x, |x| x[0].addcdiv(&x[1], &x[2], value))
            .within(0.0, 2.0);
    }
}
