//! Arithmetic and functions of single elements.

mod add;
mod affine;
mod at_least;
mod clamp;
mod div;
mod functions;
mod gammainc;
mod maximum;
mod mul;
mod polygamma;
mod pow;
mod prelu;
mod threshold;
mod to_dtype;
mod where_;
mod xlogy;

pub(crate) use at_least::AtLeast;
