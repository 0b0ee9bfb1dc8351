use super::{Given, Operand, Pairwise};
use crate::dispatch::{by_float, by_integer, by_num};
use crate::kernels::{gamma, gammainc};
use crate::ops::elementwise::arithmetic;
use crate::ops::elementwise::{Array, pow};
use crate::ops::zip::{broadcast_shape, promote, promoted, zip, zip_calls, zip_doubles};
use crate::{Float, Map, Num, Tensor};

/// The table of elementwise functions of two tensors, handed to the macro named: `tensor` makes the functions
/// and the methods of [`Tensor`] of it, `autograd` the methods of `Variable`, tests the checks of every
/// function.
///
/// A row has the documentation; the method's name; the type; and between braces
/// - the value: `floats` for a function of floats, which integers become first, `only_floats` for one that
///   torch refuses to others; `doubles` and `only_doubles` for one of these that is called in double
///   precision for each pair; `numbers` for one that integers have too, `every` for one that `Bool` also has;
///   behind it `called` where a loop has no vectors, and `tensors` where the value is one of tensors;
///   with `number`, what it is beside a number; with `refused if`, which operands are not taken, and in what
///   words;
/// - the gradients of both operands, and which of `x`, `y` and the value `z` they read;
/// - `in blocks` where torch calls other functions for a pair that fills no block of vectors: the constant
///   `ALONE` tells which it is;
/// - where the node's name in a graph is not that of the type: the name.
#[doc(hidden)]
#[macro_export]
#[rustfmt::skip] // its indentation would leave the sentences no room
macro_rules! pair_functions {
    ($with:ident) => { $with! {
        /// The larger of two elements; NaN if either is. The gradient goes to the larger; equal ones share it
        /// by halves, and beside a NaN both get it.
        maximum Maximum {
            every tensors |x, y| arithmetic::maximum(x, y);
            x: |dz, x, y| N::select(x.less(&y), dz.like(0.0), shared(dz, &x, &y));
            y: |dz, x, y| N::select(y.less(&x), dz.like(0.0), shared(dz, &x, &y));
        }
        /// The smaller of two elements; NaN if either is. The gradient goes to the smaller; equal ones share
        /// it by halves, and beside a NaN both get it.
        minimum Minimum {
            every tensors |x, y| arithmetic::minimum(x, y);
            x: |dz, x, y| N::select(y.less(&x), dz.like(0.0), shared(dz, &x, &y));
            y: |dz, x, y| N::select(x.less(&y), dz.like(0.0), shared(dz, &x, &y));
        }
        /// The larger of two elements, and the other one beside a NaN. The gradient goes to the one chosen;
        /// equal ones share it by halves.
        fmax Fmax {
            every |x, y| if y > x || x.is_nan() { y } else { x };
            x: |dz, x, y| {
                let chosen = N::or(N::or(y.less(&x), x.same(&y)), y.is_nan());
                N::select(chosen, shared(dz.clone(), &x, &y), dz.like(0.0))
            };
            y: |dz, x, y| {
                N::select(N::or(y.less(&x), y.is_nan()), dz.like(0.0), shared(dz, &x, &y))
            };
        }
        /// The smaller of two elements, and the other one beside a NaN. The gradient goes to the one chosen;
        /// equal ones share it by halves.
        fmin Fmin {
            every |x, y| if y < x || x.is_nan() { y } else { x };
            x: |dz, x, y| {
                let chosen = N::or(N::or(x.less(&y), x.same(&y)), y.is_nan());
                N::select(chosen, shared(dz.clone(), &x, &y), dz.like(0.0))
            };
            y: |dz, x, y| {
                N::select(N::or(x.less(&y), y.is_nan()), dz.like(0.0), shared(dz, &x, &y))
            };
        }
        /// `xʸ`. Integers to integers stay integers and wrap around; a negative power of one is cut to 0, but
        /// for those of 1 and −1; a negative integer as the number `y` is refused beside them, and one that
        /// their type does not hold. Beside a float as `y` they become `F32`; squares, cubes, roots and
        /// reciprocals take their exact short ways then, as [`powf`](Self::powf) does. The derivatives are
        /// `y·xʸ⁻¹`, 0 where `y` is 0, and `xʸ·ln x`, 0 where `x` is 0 and `y ≥ 0`.
        pow Pow {
            numbers tensors |x, y| pow::pow(x, y), number |x, p| x.pow_scalar(p);
            x: |dz, x, y| {
                let power = x.pow(y.clone() - y.like(1.0));
                N::select(y.same(&y.like(0.0)), dz.like(0.0), dz * (y * power))
            };
            y: |dz, x, y, z| {
                let flat = N::and(x.same(&x.like(0.0)), y.ge(0.0));
                dz.clone() * N::select(flat, dz.like(0.0), z * x.ln())
            };
            as PowBackward1
        }
        /// `x·ln y`, and 0 where `x` is 0 and `y` is not NaN. The derivatives are `ln y`, 0 where `x` is 0
        /// and `y` is not positive, and `x/y`.
        xlogy XLogY {
            floats |x, y| {
                let product = x * y.ln();
                if y.is_nan() { y } else if x == T::ZERO { T::ZERO } else { product }
            };
            x: |dz, x, y| {
                let flat = N::and(x.same(&x.like(0.0)), y.le(0.0));
                N::select(flat, dz.like(0.0), dz.xlogy(y))
            };
            y: |dz, x, y| dz * x / y;
            as XlogyBackward0
        }
        /// `x·ln(1 + y)`, exact for small `y`, and 0 where `x` is 0 and `y` is not NaN. The derivatives are
        /// `ln(1 + y)`, 0 where `x` is 0 and `y` is not above −1, and `x/(1 + y)`. In torch it is
        /// `torch.special.xlog1py`.
        xlog1py XLog1py {
            floats |x, y| {
                let product = x * y.ln_1p();
                if y.is_nan() { y } else if x == T::ZERO { T::ZERO } else { product }
            };
            x: |dz, x, y| {
                let flat = N::and(x.same(&x.like(0.0)), y.le(-1.0));
                N::select(flat, dz.like(0.0), dz.xlog1py(y))
            };
            y: |dz, x, y| dz * x / (y.clone() + y.like(1.0));
            as SpecialXlog1PyBackward0
        }
        /// Hurwitz's zeta function `Σ 1/(y + k)ˣ` over `k = 0, 1, …`, as `torch.special.zeta`; Riemann's for
        /// `y = 1`. ∞ where `x` is 1 or `y` is 0 or a negative integer, NaN where `x` is below 1. The
        /// derivative by `y` is `−x·zeta(x + 1, y)`; by `x` there is none, in torch neither, and a pass that
        /// asks for it panics.
        zeta Zeta {
            doubles |x, y| gamma::hurwitz(x, y);
            x: |_dz| underivable("zeta by its first operand");
            y: |dz, x, y| dz * -x.clone() * (x.clone() + x.like(1.0)).zeta(y);
            as SpecialZetaBackward0
        }
        /// The angle in radians from the first axis to the point `(y, x)`, this being its second coordinate:
        /// that of `x/y` in the right quadrant. The derivatives are `y/(x² + y²)` and `−x/(x² + y²)`, 0
        /// where both are 0.
        atan2 Atan2 {
            doubles |x, y| x.atan2(y);
            x: |dz, x, y| dz * y.clone() * inverse_square(x, y);
            y: |dz, x, y| dz * -x.clone() * inverse_square(x, y);
        }
        /// `√(x² + y²)`, without overflow on the way; the derivatives are `x/z` and `y/z`.
        hypot Hypot {
            only_doubles |x, y| x.hypot(y);
            x: |dz, x, z| dz * x / z;
            y: |dz, y, z| dz * y / z;
        }
        /// What `x / y`, cut towards 0, leaves of `x`: with the sign of `x`, as C's `%`. The derivatives are
        /// 1 and that quotient's negative. A `y` of 0 gives NaN, and is refused beside integers.
        fmod Fmod {
            numbers called |x, y| x.rem(y), refused if by_zero(x, y), "fmod: ZeroDivisionError";
            x: |dz| dz;
            y: |dz, x, y| -dz * (x / y).trunc();
            as FmodBackward1
        }
        /// What `x / y`, rounded down, leaves of `x`: with the sign of `y`, as Python's `%`. The derivatives
        /// are 1 and that quotient's negative. A `y` of 0 gives NaN, and is refused beside integers.
        remainder Remainder {
            numbers called |x, y| x.modulo(y), refused if by_zero(x, y), "remainder: ZeroDivisionError";
            x: |dz| dz;
            y: |dz, x, y| -dz * x.div_floor(y);
            as RemainderBackward1
        }
        /// `x / y`, rounded down, as Python's `//`: integers stay integers, whose division by 0 is refused.
        /// As in torch there is no gradient; [`div_floor`](Self::div_floor) has that of a step.
        floor_divide FloorDivide {
            numbers called |x, y| x.floor_div(y), refused if by_zero(x, y), "floor_divide: ZeroDivisionError";
            x: |_dz| underivable("floor_divide");
            y: |_dz| underivable("floor_divide");
            as NotImplemented
        }
        /// `x / y`, rounded down, as `torch.div(…, rounding_mode="floor")`: integers stay integers, whose
        /// division by 0 is refused. The derivatives are 0.
        div_floor DivFloor {
            numbers called |x, y| x.floor_div(y), refused if by_zero(x, y), "div_floor: ZeroDivisionError";
            x: |dz| dz.like(0.0);
            y: |dz| dz.like(0.0);
            as DivBackward2
        }
        /// `x / y`, cut towards 0, as `torch.div(…, rounding_mode="trunc")`: integers stay integers, whose
        /// division by 0 is refused. The derivatives are 0.
        div_trunc DivTrunc {
            numbers called |x, y| x.trunc_div(y), refused if by_zero(x, y), "div_trunc: ZeroDivisionError";
            x: |dz| dz.like(0.0);
            y: |dz| dz.like(0.0);
            as DivBackward2
        }
        /// The magnitude of `x` with the sign of `y`, that of a 0 included; the derivatives are the sign
        /// that `x` is multiplied by, 0 where it is 0, and 0.
        copysign Copysign {
            floats |x, y| x.copysign(y);
            x: |dz, x, z| {
                let sign = N::select(x.same(&x.like(0.0)), dz.like(0.0), z / x);
                dz * sign
            };
            y: |dz| dz.like(0.0);
        }
        /// The next number after `x` on the way to `y`; the derivatives are 1, 0 where the two are equal, and
        /// 0.
        nextafter Nextafter {
            only_floats |x, y| x.next_after(y);
            x: |dz, x, y| N::select(x.same(&y), dz.like(0.0), dz);
            y: |dz| dz.like(0.0);
        }
        /// 1 where `x` is positive, 0 where it is negative or NaN, and `y` where it is 0. Both are of one
        /// dtype. As in torch there is no gradient.
        heaviside Heaviside {
            every called |x, y| if x == T::ZERO { y } else if x > T::ZERO { T::ONE } else { T::ZERO },
                refused if x.dtype() != y.dtype(),
                "heaviside: heaviside is not yet implemented for tensors with different dtypes.";
            x: |_dz| underivable("heaviside");
            y: |_dz| underivable("heaviside");
            as NotImplemented
        }
        /// `ln(eˣ + eʸ)`, without overflow on the way; the derivatives are `1/(1 + e^(y−x))` and
        /// `1/(1 + e^(x−y))`.
        logaddexp Logaddexp {
            only_floats |x, y| {
                let sum = Num::maximum(x, y) + (-(x - y).abs()).exp_at(ALONE).ln_1p_at(ALONE);
                if x == y && x.abs() == T::HIGHEST { x } else { sum }
            };
            x: |dz, x, y| dz.clone() / (dz.like(1.0) + (y - x).exp());
            y: |dz, x, y| dz.clone() / (dz.like(1.0) + (x - y).exp());
            in blocks;
        }
        /// `log₂(2ˣ + 2ʸ)`, without overflow on the way; the derivatives are `1/(1 + 2^(y−x))` and
        /// `1/(1 + 2^(x−y))`.
        logaddexp2 Logaddexp2 {
            only_doubles |x, y| {
                let sum = x.max(y) + (-(x - y).abs()).exp2().ln_1p() * std::f64::consts::LOG2_E;
                if x == y && x.is_infinite() { x } else { sum }
            };
            x: |dz, x, y| dz.clone() / (dz.like(1.0) + dz.like(2.0).pow(y - x));
            y: |dz, x, y| dz.clone() / (dz.like(1.0) + dz.like(2.0).pow(x - y));
        }
        /// The share of the gamma distribution of shape `x` and rate 1 that lies below `y`, as
        /// `torch.special.gammainc`: `∫₀ʸ tˣ⁻¹·e⁻ᵗ dt / Γ(x)`. NaN where either is negative. The derivative
        /// by `y` is `yˣ⁻¹·e⁻ʸ/Γ(x)`; of the shape there is none, in torch neither, and a pass that asks for
        /// it panics.
        gammainc GammaInc {
            doubles |x, y| gammainc::gammainc(x, y);
            x: |_dz| underivable("gammainc by its first operand");
            y: |dz, x, y| {
                let power = (x.clone() - x.like(1.0)) * y.clone().ln();
                dz * (power - y - x.lgamma()).exp()
            };
            as IgammaBackward0
        }
    }};
}

pair_functions!(pairs);

/// `dz`, and half of it where the operands are equal.
fn shared<N: Array>(dz: N, x: &N, y: &N) -> N {
    N::select(x.same(y), dz.clone() / dz.like(2.0), dz)
}

/// `1/(x² + y²)`, and 0 where both are 0.
fn inverse_square<N: Array>(x: N, y: N) -> N {
    let square = x.clone() * x + y.clone() * y;
    N::select(square.le(0.0), square.like(0.0), square.like(1.0) / square)
}

/// Whether a pair of integers divides by 0.
fn by_zero(x: &Tensor, y: &Tensor) -> bool {
    !promoted(x, y).is_float() && x.numel() > 0 && y.eq(0).any().item() != 0.0
}

#[track_caller]
fn only_floats(op: &str, x: &Tensor, y: &Tensor) {
    let dtype = promoted(x, y);
    assert!(
        dtype.is_float(),
        "{op}: not implemented for {dtype} (shapes {:?} and {:?})",
        x.shape(),
        y.shape()
    );
}

#[cold]
fn underivable<N>(op: &str) -> N {
    panic!("derivative for {op} is not implemented")
}
