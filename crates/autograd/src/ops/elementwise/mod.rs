//! Arithmetic and functions of single elements.

mod abs;
mod add;
mod affine;
mod clamp;
mod cos;
mod div;
mod erf;
mod exp;
mod expm1;
mod function;
mod log;
mod log1p;
mod maximum;
mod mul;
mod neg;
mod pow;
mod reciprocal;
mod rsqrt;
mod sigmoid;
mod sin;
mod sqrt;
mod square;
mod sub;
mod tanh;
mod to_dtype;
mod where_;

use affine::Affine;
pub(crate) use function::{Elementwise, Saves, map_floats};
