//! Functions of one element, and activations.

use crate::op::{Table, both, python, tensors, variables};
use crate::sets::{listed, moved, one};
use autograd::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, apply};
use tensor::{DType, Float, Map, Scalar, Tensor};

/// Rounds to about what a vectorised elementary function is good for.
const FUNCTION: f64 = 4.0;

pub(super) fn rows(t: &mut Table) {
    let x = &one();
    both!(t, neg, "-x", x, |x| x[0].neg());
    both!(t, neg, "-x", x, |x| -&x[0]);
    both!(t, neg, "-x", x, |x| -x[0].clone());
    both!(t, abs, "x.abs()", x, |x| x[0].abs());
    both!(t, square, "x.square()", x, |x| x[0].square());
    both!(t, relu, "x.relu()", x, |x| x[0].relu());
    both!(t, exp, "x.exp()", x, |x| x[0].exp()).within(FUNCTION, FUNCTION);
    both!(t, expm1, "x.expm1()", x, |x| x[0].expm1()).within(FUNCTION, FUNCTION).around(1.0);
    both!(t, log, "x.log()", x, |x| x[0].log()).within(FUNCTION, 1.0);
    both!(t, log1p, "x.log1p()", x, |x| x[0].log1p()).within(FUNCTION, 1.0);
    both!(t, sqrt, "x.sqrt()", x, |x| x[0].sqrt()).within(1.0, 2.0);
    both!(t, rsqrt, "x.rsqrt()", x, |x| x[0].rsqrt()).within(2.0, FUNCTION);
    both!(t, reciprocal, "x.reciprocal()", x, |x| x[0].reciprocal()).within(1.0, 2.0);
    both!(t, tanh, "x.tanh()", x, |x| x[0].tanh()).within(FUNCTION, FUNCTION).around(1.0);
    both!(t, sigmoid, "x.sigmoid()", x, |x| x[0].sigmoid()).within(FUNCTION, FUNCTION).around(1.0);
    both!(t, erf, "x.erf()", x, |x| x[0].erf()).within(10.0, FUNCTION);
    both!(t, sin, "x.sin()", x, |x| x[0].sin()).within(FUNCTION, FUNCTION);
    both!(t, cos, "x.cos()", x, |x| x[0].cos()).within(FUNCTION, FUNCTION);
    both!(t, sign, "x.sign()", x, |x| x[0].sign());
    both!(t, floor, "x.floor()", x, |x| x[0].floor());
    both!(t, ceil, "x.ceil()", x, |x| x[0].ceil());
    both!(t, round, "x.round()", x, |x| x[0].round());
    both!(t, trunc, "x.trunc()", x, |x| x[0].trunc());
    both!(t, logical_not, "x.logical_not()", x, |x| x[0].logical_not());

    let bounds = [(Some(-1.0), Some(1.0)), (Some(0.0), None), (None, Some(2.0)), (Some(3.0), Some(1.0))];
    let odd = [(Some(f64::NAN), None), (Some(-1.0), Some(f64::NAN)), (Some(0.5), Some(300.0)), (None, None)];
    for (min, max) in bounds.into_iter().chain(odd) {
        both!(t, clamp, format!("x.clamp({}, {})", limit(min), limit(max)), x, |x| x[0].clamp(min, max));
    }
    for (min, max) in
        [(Some(-1), Some(2)), (Some(0), None), (None, Some(3)), (Some(3), Some(1)), (Some(-5), Some(300))]
    {
        let limit = |x: Option<i64>| x.map_or("None".into(), |x| x.to_string());
        both!(t, clamp, format!("x.clamp({}, {})", limit(min), limit(max)), x, |x| x[0].clamp(min, max));
    }
    for p in
        [0, 1, 2, 3, -1, 63, 300].map(Scalar::Int).into_iter().chain([Scalar::Float(2.0), Scalar::Bool(true)])
    {
        both!(t, pow_scalar, format!("x.pow({})", python(p)), x, |x| x[0].pow_scalar(p))
            .within(FUNCTION, FUNCTION);
    }
    for p in [0.0, 1.0, 2.0, 3.0, -1.0, -2.0, 0.5, -0.5, 1.5, f64::INFINITY, f64::NAN] {
        both!(t, powf, format!("x.pow({})", limit(Some(p))), x, |x| x[0].powf(p)).within(FUNCTION, FUNCTION);
    }

    for slope in [0.01, 0.0, -1.5] {
        let torch = format!("F.leaky_relu(x, {slope})");
        both!(t, leaky_relu, torch, x, |x| x[0].leaky_relu(slope));
    }
    for alpha in [1.0, 0.0, -0.5] {
        let torch = format!("F.elu(x, {alpha})");
        both!(t, elu, torch, x, |x| x[0].elu(alpha)).within(FUNCTION, FUNCTION);
    }
    both!(t, selu, "F.selu(x)", x, |x| x[0].selu()).within(FUNCTION, FUNCTION);
    both!(t, silu, "F.silu(x)", x, |x| x[0].silu()).within(FUNCTION, 8.0).around(1.0);
    both!(t, gelu, "F.gelu(x)", x, |x| x[0].gelu()).within(FUNCTION, 8.0).around(1.0).zeros_alike();
    both!(t, gelu_tanh, "F.gelu(x, approximate='tanh')", x, |x| x[0].gelu_tanh())
        .within(FUNCTION, 8.0)
        .around(1.0);
    both!(t, log_sigmoid, "F.logsigmoid(x)", x, |x| x[0].log_sigmoid()).within(FUNCTION, FUNCTION);
    both!(t, softsign, "F.softsign(x)", x, |x| x[0].softsign());
    for (beta, threshold) in [(1.0, 20.0), (2.0, 1.0), (-1.0, 20.0)] {
        let torch = format!("F.softplus(x, {beta}, {threshold})");
        both!(t, softplus, torch, x, |x| x[0].softplus(beta, threshold)).within(FUNCTION, FUNCTION);
    }
    for (min, max) in [(-1.0, 1.0), (0.0, 6.0), (-0.5, 2.5)] {
        let torch = format!("F.hardtanh(x, {min}, {max})");
        both!(t, hardtanh, torch, x, |x| x[0].hardtanh(min, max));
    }
    activations(t);

    // The parts that the functions above are made of, with a function that torch has too. `unary` is an
    // operation of the user's, by its name in the recording.
    variables!(t, unary, "x.float() * 2 if not x.is_floating_point() else x * 2", x, |x| {
        apply(Twice, &[&x[0]]).single()
    });
    tensors!(t, map, "x.float() * 2 if not x.is_floating_point() else x * 2", x, |x| x[0].map(Twice));
    tensors!(t, into_map, "x.float() * 2 if not x.is_floating_point() else x * 2", x, |x| x[0]
        .clone()
        .into_map(Twice));

    let x = &moved();
    for (torch, dtype) in [
        ("float32", DType::F32),
        ("float64", DType::F64),
        ("float16", DType::F16),
        ("bfloat16", DType::BF16),
        ("int64", DType::I64),
        ("bool", DType::Bool),
    ] {
        both!(t, to_dtype, format!("x.to(torch.{torch})"), x, |x| x[0].to_dtype(dtype));
    }
    // A float that no integer type holds becomes what the processor makes of it.
    let x: &Vec<String> =
        &x.iter().filter(|x| !x.starts_with(['f', 'b']) || x.contains("plain")).cloned().collect();
    for (torch, dtype) in
        [("int32", DType::I32), ("int16", DType::I16), ("int8", DType::I8), ("uint8", DType::U8)]
    {
        both!(t, to_dtype, format!("x.to(torch.{torch})"), x, |x| x[0].to_dtype(dtype));
    }
}

/// Activations that have been recorded on fewer inputs.
fn activations(t: &mut Table) {
    let mut x = listed(
        &["f32", "f64"],
        "DT:plain:s\nDT:plain:2x3\nDT:plain:2x3>t\nDT:special:37\nDT:huge:3\nDT:nan:3\nDT:plain:0\nDT:plain:3>twice",
    );
    x.extend(listed(&["i64", "u8", "bool"], "DT:plain:3\nDT:special:12"));
    let x = &x;
    for alpha in [1.0, -0.5, 0.0] {
        let torch = format!("F.celu(x, {alpha})");
        both!(t, celu, torch, x, |x| x[0].celu(alpha)).within(FUNCTION, FUNCTION);
    }
    let gamma =
        "f32:plain:37 f32:special:37 f32:huge:3 f64:plain:6>odd f64:special:37 i64:plain:3 bool:special:12";
    let gamma: &Vec<String> = &gamma.split(' ').map(String::from).collect();
    both!(t, erfinv, "x.erfinv()", gamma, |x| x[0].erfinv()).within(FUNCTION, 8.0);
    let (cancelled, exact): (Vec<String>, Vec<String>) =
        gamma.iter().cloned().partition(|x| x == "f64:special:37");
    both!(t, lgamma, "x.lgamma()", &exact, |x| x[0].lgamma()).within(FUNCTION, FUNCTION);
    // Between its poles below 0 it is a difference.
    both!(t, lgamma, "x.lgamma()", &cancelled, |x| x[0].lgamma()).within(FUNCTION, FUNCTION).around(1.0);
    both!(t, digamma, "x.digamma()", gamma, |x| x[0].digamma());
    for n in 0..4 {
        both!(t, polygamma, format!("torch.polygamma({n}, x)"), gamma, |x| x[0].polygamma(n))
            .within(2.0, 2.0);
    }
    both!(t, hardsigmoid, "F.hardsigmoid(x)", x, |x| x[0].hardsigmoid());
    both!(t, hardswish, "F.hardswish(x)", x, |x| x[0].hardswish());
    both!(t, mish, "F.mish(x)", x, |x| x[0].mish()).within(8.0, 16.0).around(1.0);
    both!(t, tanhshrink, "F.tanhshrink(x)", x, |x| x[0].tanhshrink()).within(FUNCTION, FUNCTION).around(1.0);
    for lambd in [0.5, 0.0, -1.0] {
        let torch = format!("F.softshrink(x, {lambd})");
        both!(t, softshrink, torch, x, |x| x[0].softshrink(lambd)).zeros_alike();
        let torch = format!("F.hardshrink(x, {lambd})");
        both!(t, hardshrink, torch, x, |x| x[0].hardshrink(lambd));
    }
    for (threshold, value) in [
        (Scalar::Float(0.5), Scalar::Int(20)),
        (Scalar::Int(1), Scalar::Int(-1)),
        (Scalar::Float(1.7), Scalar::Float(2.6)),
        (Scalar::Int(300), Scalar::Float(0.0)),
    ] {
        let torch = format!("F.threshold(x, {}, {})", python(threshold), python(value));
        both!(t, threshold, torch, x, |x| x[0].threshold(threshold, value));
    }

    let x = &listed(
        &["f32", "f64"],
        "DT:plain:4\nDT:plain:2x4\nDT:plain:2x3\nDT:plain:s\nDT:plain:0x4\nDT:special:4x6>t\nDT:plain:4x2x2>turn\ni64:plain:4",
    );
    for dim in [-1, 0, 5] {
        both!(t, glu, format!("F.glu(x, {dim})"), x, |x| x[0].glu(dim))
            .within(FUNCTION, 8.0)
            .around(1.0)
            .zeros_alike();
    }
    let x = &listed(
        &["f32", "f64"],
        "DT:plain:2x3 DT:plain:3\nDT:plain:2x3x4 DT:plain:3\nDT:plain:2x3 DT:plain:1\nDT:plain:s DT:plain:1\nDT:plain:3 DT:plain:1
        DT:plain:3 DT:plain:3\nDT:plain:s DT:plain:3\nDT:plain:2x3 DT:plain:s\nDT:plain:2x3 DT:plain:1x3\nDT:plain:2x3>t DT:plain:2
        DT:plain:0x3 DT:plain:3\nDT:plain:2x0 DT:plain:0\nDT:special:4x6 DT:plain:6>odd\nDT:plain:2x3 DT:nan:3
        DT:plain:2x3 f32:plain:3\ni64:plain:2x3 i64:plain:3",
    );
    both!(t, prelu, "F.prelu(x, y)", x, |x| x[0].prelu(&x[1])).within(0.0, 4.0);
}

/// A number or nothing, as Python writes it.
fn limit(x: Option<f64>) -> String {
    x.map_or("None".into(), |x| python(x.into()))
}

#[derive(Clone, Copy)]
struct Twice;

impl<T: Float> Map<T> for Twice {
    #[inline(always)]
    fn f(&self, x: T) -> T {
        x + x
    }
}

impl Op for Twice {
    fn name(&self) -> &'static str {
        "TwiceBackward"
    }
    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].map(*self).into()
    }
    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        (dy.single() * 2.0).into()
    }
}
