//! Functions of one element that mathematics has a name for, and what kind of number an element is.

use crate::op::{Table, both, tensors};
use crate::sets::listed;

/// Rounds to about what a vectorised elementary function is good for.
const FUNCTION: f64 = 4.0;

pub(super) fn rows(t: &mut Table) {
    let mut x = listed(
        &["f32", "f64"],
        "DT:plain:s\nDT:plain:2x3\nDT:plain:2x3>t\nDT:plain:6>odd\nDT:special:37\nDT:unit:6\nDT:huge:3\nDT:nan:3\nDT:tiny:3\nDT:plain:0x3\nDT:plain:3>twice",
    );
    x.extend(listed(&["i64", "i32", "i16", "i8", "u8", "bool"], "DT:plain:3\nDT:special:12\nDT:plain:0"));
    let x = &x;
    both!(t, positive, "+x", x, |x| x[0].positive());
    both!(t, tan, "x.tan()", x, |x| x[0].tan()).within(FUNCTION, FUNCTION);
    both!(t, acos, "x.acos()", x, |x| x[0].acos()).within(FUNCTION, FUNCTION);
    both!(t, asin, "x.asin()", x, |x| x[0].asin()).within(FUNCTION, FUNCTION);
    both!(t, atan, "x.atan()", x, |x| x[0].atan()).within(FUNCTION, FUNCTION);
    both!(t, sinh, "x.sinh()", x, |x| x[0].sinh()).within(FUNCTION, FUNCTION);
    both!(t, cosh, "x.cosh()", x, |x| x[0].cosh()).within(FUNCTION, FUNCTION);
    both!(t, acosh, "x.acosh()", x, |x| x[0].acosh()).within(FUNCTION, FUNCTION);
    both!(t, asinh, "x.asinh()", x, |x| x[0].asinh()).within(FUNCTION, FUNCTION);
    both!(t, atanh, "x.atanh()", x, |x| x[0].atanh()).within(FUNCTION, FUNCTION);
    both!(t, log2, "x.log2()", x, |x| x[0].log2()).within(FUNCTION, FUNCTION);
    both!(t, log10, "x.log10()", x, |x| x[0].log10()).within(FUNCTION, FUNCTION);
    both!(t, exp2, "x.exp2()", x, |x| x[0].exp2()).within(FUNCTION, FUNCTION);
    both!(t, erfc, "x.erfc()", x, |x| x[0].erfc()).within(FUNCTION, FUNCTION);
    both!(t, erfcx, "torch.special.erfcx(x)", x, |x| x[0].erfcx()).within(FUNCTION, 16.0).around(1.0);
    both!(t, ndtr, "torch.special.ndtr(x)", x, |x| x[0].ndtr()).within(FUNCTION, FUNCTION).around(1.0);
    both!(t, log_ndtr, "torch.special.log_ndtr(x)", x, |x| x[0].log_ndtr()).within(16.0, 16.0);
    both!(t, ndtri, "torch.special.ndtri(x)", x, |x| x[0].ndtri()).within(16.0, 4096.0);
    both!(t, i0, "torch.special.i0(x)", x, |x| x[0].i0()).within(256.0, 256.0);
    both!(t, i0e, "torch.special.i0e(x)", x, |x| x[0].i0e()).within(8.0, 16.0).around(0.5);
    both!(t, i1, "torch.special.i1(x)", x, |x| x[0].i1()).within(256.0, 256.0);
    both!(t, i1e, "torch.special.i1e(x)", x, |x| x[0].i1e()).within(8.0, 16.0).around(0.5);
    for p in [1, 2, 3, 0] {
        let torch = format!("torch.special.multigammaln(x, {p})");
        both!(t, multigammaln, torch, x, |x| x[0].multigammaln(p)).within(16.0, 64.0).around(4.0);
    }
    both!(t, entr, "torch.special.entr(x)", x, |x| x[0].entr()).within(FUNCTION, FUNCTION);
    both!(t, sinc, "x.sinc()", x, |x| x[0].sinc()).within(FUNCTION, 8.0).around(1.0);
    both!(t, rad2deg, "x.rad2deg()", x, |x| x[0].rad2deg());
    both!(t, deg2rad, "x.deg2rad()", x, |x| x[0].deg2rad());
    both!(t, frac, "x.frac()", x, |x| x[0].frac());
    for (eps, torch) in [(None, "None"), (Some(0.125), "0.125"), (Some(1e-3), "1e-3")] {
        both!(t, logit, format!("x.logit({torch})"), x, |x| x[0].logit(eps))
            .within(FUNCTION, FUNCTION)
            .around(1.0);
    }
    both!(t, nan_to_num, "x.nan_to_num()", x, |x| x[0].nan_to_num(None, None, None));
    both!(t, nan_to_num, "x.nan_to_num(1.5, -2.0, 7.0)", x, |x| {
        x[0].nan_to_num(Some(1.5), Some(-2.0), Some(7.0))
    });
    both!(t, isnan, "x.isnan()", x, |x| x[0].isnan());
    both!(t, isfinite, "x.isfinite()", x, |x| x[0].isfinite());
    both!(t, isinf, "x.isinf()", x, |x| x[0].isinf());
    both!(t, isposinf, "x.isposinf()", x, |x| x[0].isposinf());
    both!(t, isneginf, "x.isneginf()", x, |x| x[0].isneginf());
    both!(t, signbit, "x.signbit()", x, |x| x[0].signbit());
    tensors!(t, bitwise_not, "x.bitwise_not()", x, |x| x[0].bitwise_not());
}
